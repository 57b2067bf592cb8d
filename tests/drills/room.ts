/** A room for a person: a started app on a throwaway Postgres, the providers' fakes, and where to sign in. */
import { asker } from "../support/api";
import { startApp } from "../support/app";
import { APP_ENVIRONMENT, connectTo, tokenFor } from "../support/processes";
import { openWorld } from "../support/world/world";
import type { Drill, Room } from "./drill";
import { settled } from "./room-in-process";

export async function openRoom({ events, providers, outage }: Drill, seed: number): Promise<Room> {
  const world = await openWorld({ events, seed, providers, outage });
  const app = await startApp({ env: { ...APP_ENVIRONMENT, ...world.environment } });
  const sql = await connectTo(app.dataDir);
  const token = await tokenFor("super_admin", "12h");
  const ask = asker(app.url, token);
  const ids = new Map<string, string>();
  for (const [slug, url, of] of [
    ["shop", world.shop.url, ["*"]],
    ["crm", world.crm.url, ["shopify", "chatwoot"]],
  ] as const) {
    const made = await ask("POST", "/api/destinations", { name: slug, url, providers: of, base_delay_ms: 200 });
    if (made.status !== 201) throw new Error(`The destination ${slug} answered ${made.status}: ${made.text}`);
    ids.set(slug, made.body.destination.id);
  }
  const change = async (slug: string, verb: "disable" | "enable") => {
    const { status, text } = await ask("POST", `/api/destinations/${ids.get(slug)}/${verb}`, {});
    if (status >= 300) throw new Error(`${verb} ${slug} answered ${status}: ${text}`);
  };
  return {
    world,
    sql,
    ask,
    signIn: { url: app.url, email: app.adminEmail, password: app.adminPassword, token },
    desk: {
      async post({ method, path, headers, body }) {
        const sent = { method, headers: headers as [string, string][], body: new Uint8Array(body) };
        return (await fetch(app.url + path, sent)).status;
      },
      settle: () => settled(sql),
      async backdate(provider, at) {
        await sql`
          update events set received_at = ${at}::timestamptz + interval '1 minute'
          where provider = ${provider} and occurred_at is null`;
      },
      disable: (slug) => change(slug, "disable"),
      enable: (slug) => change(slug, "enable"),
    },
    async close() {
      await sql.end({ timeout: 1 });
      await app.stop();
      await world.close();
    },
  };
}
