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
    because: '"dense_body" bytea',
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
