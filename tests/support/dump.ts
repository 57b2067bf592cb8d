/** Everything that is stored, as one text: every row of every table, with bytes as text. */
import type postgres from "postgres";

export async function dumpOf(sql: postgres.Sql): Promise<string> {
  const columns = await sql<{ table: string; columns: string }[]>`
    select c.table_name as table, string_agg(
      case when c.data_type = 'bytea' then format('encode(%I, ''escape'')', c.column_name) else format('%I::text', c.column_name) end,
      ', ' order by c.ordinal_position
    ) as columns
    from information_schema.columns c
    join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = 'public' and t.table_type = 'BASE TABLE'
    group by 1
    order by 1`;
  const rows: string[] = [];
  for (const { table, columns: list } of columns) {
    const found = await sql.unsafe(`select concat_ws(' | ', ${list}) as row from public."${table}"`);
    rows.push(...found.map(({ row }) => `${table}: ${row}`));
  }
  return rows.join("\n");
}
