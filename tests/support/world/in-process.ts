/** The world's desk in this process, on a test database: as fast as it goes, without an app. */
import type postgres from "postgres";
import { findProvider } from "@/lib/providers";
import type { ProviderApi } from "@/lib/providers/api";
import type { Provider } from "@/lib/providers/provider";
import { workUntilIdle } from "../desk";
import type { PlayedDesk, World } from "./world";

/** Everything that a world leaves behind. */
const LEFT = `events, event_keys, deliveries, attempts, replays, replay_items, rejections, reconciliations, findings,
  api_budgets, watches, incidents, subscriptions, businesses, audit_logs, call_logs, sms_logs, sms_log_recipients, orders,
  customers, leads, messages, campaigns, sms_recipients`;

/** Its two endpoints become destinations, and the APIs of its fakes are asked without patience. */
export async function connectWorld(world: World, sql: postgres.Sql): Promise<PlayedDesk> {
  Object.assign(process.env, world.environment);
  for (const { slug } of world.providers) {
    const provider = findProvider(slug) as Provider & { api: ProviderApi };
    // That budgets are kept is tested elsewhere.
    provider.api = { ...provider.api, budget: { requests: 500, perSeconds: 1, burst: 50 } };
  }
  await sql`
    insert into destinations (slug, name, kind, managed, providers, url, base_delay_ms)
    values ('shop', 'shop', 'http', true, '{*}', ${world.shop.url}, 20),
      ('crm', 'crm', 'http', true, '{shopify,chatwoot}', ${world.crm.url}, 20)
    on conflict do nothing`;
  const { accept } = await import("@/lib/pipeline/accept");
  const { disableDestination, enableDestination } = await import("@/lib/commands/destinations");
  const { ada } = await import("../actor");
  const numberOf = async (slug: string) => (await sql`select id::int from destinations where slug = ${slug}`)[0]?.id;
  return {
    post: async (request) => (await accept(request)).status,
    settle: async () => void (await workUntilIdle()),
    backdate: async (slug, at) => {
      await sql`
        update events set received_at = ${at}::timestamptz + interval '1 minute'
        where provider = ${slug} and occurred_at is null`;
    },
    disable: async (slug) => disableDestination(await numberOf(slug), "The merchant moves", ada),
    enable: async (slug) => enableDestination(await numberOf(slug), ada),
  };
}

/** An empty desk again, for the world without faults. */
export async function emptyDesk(world: World, sql: postgres.Sql): Promise<void> {
  await sql.unsafe(`truncate ${LEFT} cascade`);
  for (const endpoint of [world.shop, world.crm, world.agent]) endpoint.arrivals.length = 0;
}
