/**
 * Where rows of an earlier version go when a table changes its shape, which no comparison of two schemas can say.
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
    because: 'CREATE TABLE "public"."event_keys"',
    finally: `-- Moved: events that are stored already are known by their keys.
INSERT INTO "public"."event_keys" ("provider", "key_hash", "source_id", "event_id")
SELECT e."provider", e."event_key_hash", e."source_id", e."id" FROM "public"."events" e
ON CONFLICT DO NOTHING;`,
  },
  {
    instead: [
      [
        'ALTER TABLE "public"."events"\n  DROP COLUMN "raw_body";',
        `-- Moved: the bytes stay until event_bodies has them, at the end. A generated column is filled in one pass, without triggers.
ALTER TABLE "public"."events"
  ADD COLUMN "body_size" integer GENERATED ALWAYS AS (octet_length("raw_body")) STORED;

ALTER TABLE "public"."events"
  ALTER COLUMN "body_size" DROP EXPRESSION;`,
      ],
      [
        'ALTER TABLE "public"."events"\n  ADD COLUMN "body_size" integer NOT NULL;',
        'ALTER TABLE "public"."events"\n  ALTER COLUMN "body_size" SET NOT NULL;',
      ],
    ],
    finally: `-- Moved: the bytes of events that are stored already.
INSERT INTO "public"."event_bodies" ("event_id", "raw_body")
SELECT e."id", e."raw_body" FROM "public"."events" e ORDER BY e."id";

ALTER TABLE "public"."events"
  DROP COLUMN "raw_body";`,
  },
  {
    because: 'CREATE TABLE "public"."subscriptions"',
    finally: `-- Moved: the subscription that each business has becomes a row of its own, with the version that it has.
INSERT INTO "public"."subscriptions" (
  "subscription_id", "stripe_customer_id", "status", "plan", "started_at", "ended_at", "versions", "history",
  "created_at", "updated_at"
)
SELECT b."stripe_subscription_id", b."stripe_customer_id", b."subscription_status", b."subscription_plan",
  b."subscription_start_date", b."subscription_ended_at",
  (SELECT jsonb_object_agg(c, v."version") FROM jsonb_object_keys(v."values") c),
  -- Of a version the event's key is the end: see versionOf in lib/providers/provider.ts.
  jsonb_build_array(jsonb_build_object(
    'version', v."version", 'moment', coalesce(substring(v."version" FROM '^[^#]*#[^#]*'), ''), 'received', '',
    'values', v."values"
  )), b."created_at", b."updated_at"
FROM "public"."businesses" b
CROSS JOIN LATERAL (
  SELECT coalesce(b."versions" ->> 'subscription_status', '') AS "version", jsonb_build_object(
    'stripe_customer_id', b."stripe_customer_id", 'status', b."subscription_status", 'plan', b."subscription_plan",
    'started_at', b."subscription_start_date", 'ended_at', b."subscription_ended_at"
  ) AS "values"
) v
WHERE b."stripe_subscription_id" IS NOT NULL
ON CONFLICT DO NOTHING;`,
  },
  {
    because: 'ALTER TABLE "public"."orders"\n  ADD COLUMN "shop" text;',
    finally: `-- Moved: the shop of rows that are stored already, as the events that wrote them name it.
UPDATE "public"."orders" o SET "shop" = public.shop_of_row(to_jsonb(o));

UPDATE "public"."customers" c SET "shop" = public.shop_of_row(to_jsonb(c));

CREATE TEMPORARY TABLE "row_shops" ON COMMIT DROP AS
SELECT DISTINCT c.change ->> 'table' AS "table", c.change -> 'key' AS "key", public.shop_in_headers(e."headers") AS "shop"
FROM "public"."events" e
JOIN "public"."deliveries" d ON d."event_id" = e."id"
JOIN "public"."attempts" a ON a."delivery_id" = d."id"
CROSS JOIN LATERAL jsonb_array_elements(a."changes") AS c(change)
WHERE e."provider" = 'shopify' AND c.change ->> 'table' IN ('orders', 'customers');

UPDATE "public"."orders" o SET "shop" = s."shop" FROM "row_shops" s
WHERE o."shop" IS NULL AND s."table" = 'orders' AND s."key" = jsonb_build_object(
  'organisation_id', o."organisation_id", 'company_id', o."company_id", 'order_id', o."order_id");

UPDATE "public"."customers" c SET "shop" = s."shop" FROM "row_shops" s
WHERE c."shop" IS NULL AND s."table" = 'customers' AND s."key" = jsonb_build_object(
  'organisation_id', c."organisation_id", 'company_id', c."company_id", 'customer_id', c."customer_id");`,
  },
  {
    instead: [
      [
        'DROP TABLE "public"."event_conflicts";',
        `-- Moved: its rows become events, at the end.
ALTER TABLE "public"."event_conflicts"
  ADD COLUMN "variant_id" bigint NOT NULL DEFAULT nextval('public.events_id_seq');`,
      ],
    ],
    // What a conflict said of itself was not read. It gets the facts of its event, and a payload only where no secret can be in it.
    finally: `-- Moved: other bytes under the key of an event are events of their own.
INSERT INTO "public"."event_keys" ("provider", "key_hash", "source_id", "variant", "event_id")
SELECT e."provider", e."event_key_hash", e."source_id", encode(sha256(c."raw_body"), 'hex'), c."variant_id"
FROM "public"."event_conflicts" c JOIN "public"."events" e ON e."id" = c."event_id" ORDER BY c."id"
ON CONFLICT DO NOTHING;

INSERT INTO "public"."event_bodies" ("event_id", "raw_body")
SELECT c."variant_id", c."raw_body" FROM "public"."event_conflicts" c
WHERE EXISTS (SELECT FROM "public"."event_keys" k WHERE k."event_id" = c."variant_id");

INSERT INTO "public"."events" (
  "id", "provider", "event_key", "event_key_hash", "event_type", "source_id", "status", "trust", "parse_status",
  "organisation_id", "company_id", "object_id", "replaces_older", "livemode", "unsigned_key", "body_size", "body_sha256",
  "fingerprint", "variant_of", "payload", "method", "path", "headers", "content_type", "occurred_at", "received_at"
)
OVERRIDING SYSTEM VALUE
SELECT
  c."variant_id", e."provider", e."event_key", e."event_key_hash", e."event_type", e."source_id", 'ignored', e."trust",
  e."parse_status", e."organisation_id", e."company_id", e."object_id", e."replaces_older", e."livemode",
  e."unsigned_key", octet_length(c."raw_body"), sha256(c."raw_body"), sha256(c."raw_body"), e."id",
  CASE WHEN e."trust" = 'signed' THEN "public"."payload_or_null"(c."raw_body") END, e."method", e."path", c."headers",
  e."content_type", e."occurred_at", c."received_at"
FROM "public"."event_conflicts" c JOIN "public"."events" e ON e."id" = c."event_id"
WHERE EXISTS (SELECT FROM "public"."event_keys" k WHERE k."event_id" = c."variant_id")
ORDER BY c."id";

DROP TABLE "public"."event_conflicts";`,
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
