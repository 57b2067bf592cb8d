/** Every download and export is in the audit log: who, what, when, and how much, also when it was cut short. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StaffAction } from "@/lib/contract/staff";
import { sample } from "../../lib/samples";
import { sign } from "../fixtures/sign";
import { type Ask, asker } from "../support/api";
import { tokenFor, until } from "../support/processes";
import { openApp, type SharedApp } from "../support/shared-app";

let app: SharedApp;
let viewer: string;
let admin: Ask;
let eventId: string;

beforeAll(async () => {
  app = await openApp();
  viewer = await tokenFor("viewer");
  admin = asker(app.url, await tokenFor("super_admin"));
  eventId = await store();
}, 400_000);

afterAll(() => app?.close());

async function store(): Promise<string> {
  const { key, body } = sample("chatwoot", "message_created");
  const headers = sign("chatwoot", body, { id: key }) as [string, string][];
  const sent = { method: "POST", headers, body: new Uint8Array(body) };
  return ((await (await fetch(`${app.url}/api/webhooks/chatwoot`, sent)).json()) as { event_id: string }).event_id;
}

const take = (path: string, init: RequestInit = {}) =>
  fetch(`${app.url}${path}`, { ...init, headers: { authorization: `Bearer ${viewer}`, ...init.headers } });

const actions = async (query: string) =>
  (await admin("GET", `/api/audit?limit=100&${query}`)).body.actions as StaffAction[];

describe("a download of a body", () => {
  test("is in the audit log with who, what and how many bytes, once a minute [S34]", async () => {
    const bytes = (await (await take(`/api/webhooks/events/${eventId}/body`)).arrayBuffer()).byteLength;
    // By the bare number, too: it is the same event.
    await take(`/api/webhooks/events/${eventId.slice(3)}/body`, { headers: { "x-request-id": "again" } });
    expect(await actions("action=event.download")).toEqual([
      expect.objectContaining({ action: "event.download", subject: eventId, actor: "test-viewer", details: { bytes } }),
    ]);
    expect((await admin("GET", `/api/webhooks/events/${eventId}/body`)).status).toBe(200);
    expect(await actions("action=event.download")).toHaveLength(2);
  });

  test("is not what reading the event is", async () => {
    const before = (await actions("range=1h")).length;
    for (const path of ["", "/related", "/neighbours"]) await take(`/api/webhooks/events/${eventId}${path}`);
    expect(await actions("range=1h")).toHaveLength(before);
  });
});

describe("an export", () => {
  test.each(["csv", "json"])("of a replay as %s says who took how many rows and bytes [S34]", async (format) => {
    const event = await store();
    // What still waits for its first delivery cannot be replayed.
    await until("it is delivered", async () => {
      return (await admin("GET", `/api/webhooks/events/${event}`)).body.status === "processed";
    });
    const made = await admin("POST", "/api/webhooks/replays", { reason: "Proof", selection: { event_ids: [event] } });
    expect(made.status, made.text).toBe(202);
    const { id } = made.body.replay ?? made.body;
    const file = await (await take(`/api/webhooks/replays/${id}/export?format=${format}`)).text();
    const bytes = Buffer.byteLength(file);
    const sha256 = createHash("sha256").update(file).digest("hex");
    await until("its end is written", async () => (await actions(`subject=${id}&action=replay.exported`)).length === 1);
    expect((await actions(`subject=${id}&action=replay.export,replay.exported`)).map(briefly)).toEqual([
      ["replay.exported", "test-viewer", { format, rows: 1, bytes, sha256, complete: true }],
      ["replay.export", "test-viewer", { format }],
    ]);
  });

  test("of the audit log that is cut short says so, and how much was made [S34]", async () => {
    const many = 100_000;
    await app.sql`insert into staff_actions (actor, actor_id, action, subject)
      select 'filler', 'x', 'staff.filler', repeat('x', 200) from generate_series(1, ${many})`;
    const cut = new AbortController();
    const headers = { authorization: `Bearer ${await tokenFor("super_admin")}` };
    const path = `${app.url}/api/audit/export?format=csv&actor=filler`;
    const answer = await fetch(path, { headers, signal: cut.signal });
    await answer.body?.getReader().read();
    cut.abort();
    await until("its end is written", async () => (await actions("action=audit.exported")).length === 1, 60_000);
    const details = (await actions("action=audit.exported"))[0]?.details as { rows: number; bytes: number };
    expect(details).toMatchObject({ complete: false, format: "csv" });
    expect(details.rows).toBeGreaterThan(0);
    expect(details.rows).toBeLessThan(many);
    expect(details.bytes).toBeGreaterThan(200 * details.rows);
  });
});

const briefly = ({ action, actor, details }: StaffAction) => [action, actor, details];
