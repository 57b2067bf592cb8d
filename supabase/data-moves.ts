/**
 * What no comparison of two schemas can say: where rows of an earlier version go when a table changes its shape, and how a column is
 * stored.
 * supabase/generate.ts writes a move into the migration whose difference holds the statement that the move is for. Once that
 * migration has landed, its move can be deleted here.
 */

interface DataMove {
  /** Statements of the difference, exactly as it writes them, each with what is written in its place. */
  instead?: [statement: string, by: string][];
  /** The statement that makes the move necessary, where none is replaced. */
  because?: string;
  /** Written at the end of the migration. */
  finally: string;
}

const MOVES: DataMove[] = [
  {
    // The table that has the bytes becomes the first partition, as it is: nothing is copied.
    instead: [
      [
        'DROP TABLE "public"."event_bodies";',
        `ALTER TABLE "public"."event_bodies" RENAME TO "event_bodies_first";
ALTER TABLE "public"."event_bodies_first" RENAME CONSTRAINT "event_bodies_pkey" TO "event_bodies_first_pkey";
ALTER TABLE "public"."event_bodies_first"
  ALTER COLUMN "raw_body" DROP NOT NULL,
  ADD COLUMN "dense_body" bytea,
  ADD CONSTRAINT "event_bodies_check" CHECK (num_nonnulls(raw_body, dense_body) = 1);`,
      ],
      [
        'CREATE TABLE "public"."event_bodies_first" PARTITION OF "public"."event_bodies" FOR VALUES FROM (MINVALUE) TO (MAXVALUE);',
        'ALTER TABLE "public"."event_bodies" ATTACH PARTITION "public"."event_bodies_first" FOR VALUES FROM (MINVALUE) TO (MAXVALUE);',
      ],
    ],
    finally: `-- A comparison of two schemas does not see how a column is stored.
ALTER TABLE "public"."event_bodies" ALTER COLUMN "dense_body" SET STORAGE EXTERNAL;`,
  },
];

/** The difference with the moves that it needs. Refuses a move that fits in part: it would lose rows. */
export function withDataMoves(difference: string): string {
  return MOVES.filter((move) => isNeeded(move, difference)).reduce((text, move) => {
    const changed = (move.instead ?? []).reduce((rest, [statement, by]) => {
      if (!rest.includes(statement)) throw new Error(`supabase/data-moves.ts: the difference has no\n${statement}`);
      return rest.replace(statement, () => by);
    }, text);
    return `${changed}\n\n${move.finally}`;
  }, difference);
}

function isNeeded({ because, instead = [] }: DataMove, difference: string): boolean {
  return [because, ...instead.map(([statement]) => statement)].some((text) => text && difference.includes(text));
}
