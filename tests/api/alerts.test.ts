/** Alerts in a running app: the worker evaluates and says that it works, and users change rules, alerts and silences by HTTP. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { alertRule, alertRules, backTest } from "@/lib/contract/api/alert-rules";
import { silence } from "@/lib/contract/api/alert-silences";
import { alertDetail, alertPage } from "@/lib/contract/api/alerts";
import { incident } from "@/lib/contract/api/incidents";
import { chatwootEvent } from "@/lib/providers/chatwoot/sample";
import { requestOf } from "../fixtures/sign";
import { type Ask, asker } from "../support/api";
import { shiftClock } from "../support/clock";
import { tokenFor, until } from "../support/processes";
import { openApp, type SharedApp } from "../support/shared-app";

let app: SharedApp;
let ask: Ask;
/** An outside monitor. */
const beats: string[] = [];
const monitor = createServer((request, response) => {
  beats.push(`${request.method} ${request.url}`);
  response.end("ok");
});

beforeAll(async () => {
  await new Promise<void>((resolve) => monitor.listen(0, "127.0.0.1", resolve));
  const { port } = monitor.address() as AddressInfo;
  app = await openApp({ HEARTBEAT_URL: `http://127.0.0.1:${port}/ping/secret-of-the-monitor` });
  ask = asker(app.url, await tokenFor("super_admin", "3h"));
});
afterAll(async () => {
  await app?.close();
  await new Promise((resolve) => monitor.close(resolve));
});

const rules = async () => alertRules.parse((await ask("GET", "/api/alert-rules")).body).rules;
const letters = { kind: "dead_letters", name: "Dead letters of Chatwoot", severity: "P2", provider_slug: "chatwoot" };
const settings = { threshold: 1, window_minutes: 60 };

describe("a worker", () => {
  test("finds the first rules, evaluates them, reports, and tells the outside monitor, whose address is in no log", async () => {
    expect((await rules()).filter(({ slug }) => slug !== null).length).toBeGreaterThan(20);
    await until("it was evaluated", async () => (await ask("GET", "/api/alerts")).body.evaluated_at !== null);
    await until("the monitor was told", () => beats.length > 0);
    expect(beats[0]).toBe("GET /ping/secret-of-the-monitor");
    expect(app.output()).not.toContain("secret-of-the-monitor");
    // Side by side with the evaluation.
    await until("the worker was heard", async () => {
      const heard = await app.sql`select kind from heartbeats where name = 'alerts' or kind = 'worker' order by kind`;
      return heard.map(({ kind }) => kind).join() === "evaluation,worker";
    });
    expect((await rules()).every(({ problem }) => problem === null)).toBe(true);
  });
});

describe("a rule", () => {
  test("is made, changed with its version, tested against the past, and deleted, each with an entry in the audit log", async () => {
    const made = await ask("POST", "/api/alert-rules", { ...letters, settings });
    expect(made.status, made.text).toBe(201);
    const rule = alertRule.parse(made.body);
    expect(rule).toMatchObject({ slug: null, version: 1, enabled: true, bad_evaluations: 1, settings });
    const path = `/api/alert-rules/${rule.id}`;
    const changed = await ask("PATCH", path, {
      version: 1,
      severity: "P3",
      settings: { threshold: 9, window_minutes: 30 },
    });
    expect(changed.body).toMatchObject({ version: 2, severity: "P3", name: letters.name });
    const late = await ask("PATCH", path, { version: 1, name: "Too late" });
    expect([late.status, late.body.field]).toEqual([409, "version"]);
    for (const tested of [
      await ask("POST", `${path}/back-test`, { settings, days: 2 }),
      await ask("POST", "/api/alert-rules/back-test", {
        kind: "dead_letters",
        settings,
        bad_evaluations: 1,
        hold_seconds: 0,
      }),
    ]) {
      expect(backTest.parse(tested.body)).toMatchObject({ would_have_fired: 0, problem: null });
    }
    expect((await ask("DELETE", path)).status).toBe(204);
    expect((await ask("PATCH", path, { version: 2, enabled: false })).status).toBe(404);
    const actions = await app.sql`select action, actor from staff_actions where subject = ${rule.id} order by id`;
    expect(actions.map(({ action }) => action)).toEqual([
      "alert_rule.create",
      "alert_rule.change",
      "alert_rule.delete",
    ]);
  });

  test.each([
    ["a setting that its kind does not use", { settings: { ...settings, at_least: 3 } }, 400, "settings"],
    ["a setting that is missing", { settings: { threshold: 1 } }, 400, "settings"],
    ["an endpoint for a count of events", { destination_id: "ds_1" }, 400, "destination_id"],
    ["a channel that there is not", { channel_ids: ["ch_999999"] }, 404, undefined],
    ["a field that there is not", { threshold: 5 }, 400, "threshold"],
  ])("with %s is refused", async (_what, more, status, field) => {
    const answer = await ask("POST", "/api/alert-rules", { ...letters, settings, ...more });
    expect([answer.status, answer.body.field], answer.text).toEqual([status, field]);
  });

  test("of the first set is switched off, never deleted, and stays off at the next start", async () => {
    const rule = (await rules()).find(({ slug }) => slug === "attempts");
    const path = `/api/alert-rules/${rule?.id}`;
    expect((await ask("DELETE", path)).status).toBe(409);
    expect((await ask("PATCH", path, { version: rule?.version, enabled: false })).body.enabled).toBe(false);
    expect((await app.sql`select add_first_rules() as added`)[0]?.added).toBe(0);
    expect((await rules()).find(({ slug }) => slug === "attempts")?.enabled).toBe(false);
  });
});

test("Dead letters fire an alert; it is acknowledged, assigned, made an incident, silenced, and resolves", async () => {
  app.sink.setMode("503");
  for (const n of [1, 2, 3]) {
    const request = requestOf("chatwoot", chatwootEvent({ event: "message_created", id: 9_000 + n }));
    const response = await fetch(`${app.url}/api/webhooks/chatwoot`, {
      ...{ method: "POST", headers: request.headers.map(([name, value]) => [name, value] as [string, string]) },
      body: new Uint8Array(request.body),
    });
    expect(response.status).toBe(200);
  }
  await until("they are dead", async () => (await ask("GET", "/api/dead-letters")).body.total.events === 3);
  const made = await ask("POST", "/api/alert-rules", { ...letters, settings, hold_seconds: 0 });
  expect(made.status, made.text).toBe(201);
  const fired = async (state = "firing") => {
    const answer = await ask("GET", `/api/alerts?rule_id=${made.body.id}&state=${state}`);
    expect(answer.status, answer.text).toBe(200);
    return alertPage.parse(answer.body);
  };
  await until("it fires", async () => (await fired()).alerts.length === 1);
  const { alerts, firing } = await fired();
  const [alert] = alerts;
  expect(alert).toMatchObject({
    severity: "P2",
    provider_slug: "chatwoot",
    summary: "chatwoot: 3 dead letters in the last hour.",
  });
  expect(firing.P2).toBeGreaterThan(0);
  // The link is a filter of the history, and shows what it is about.
  const shown = await ask("GET", `/api/webhooks${alert?.explain.link}`);
  expect(shown.body.events, shown.text).toHaveLength(3);

  const path = `/api/alerts/${alert?.id}`;
  const acknowledged = await ask("POST", `${path}/acknowledge`, { note: "The endpoint refuses them" });
  expect(alertDetail.parse(acknowledged.body)).toMatchObject({ note: "The endpoint refuses them", notifications: [] });
  expect((await ask("POST", `${path}/assign`, { assignee: app.adminEmail })).body.assignee).toBe(app.adminEmail);
  expect((await ask("POST", `${path}/assign`, { assignee: "nobody@example.com" })).status).toBe(400);

  const opened = await ask("POST", `${path}/incident`, { severity: "P1" });
  expect(opened.status, opened.text).toBe(201);
  expect(incident.parse(opened.body)).toMatchObject({ title: letters.name, severity: "P1", counts: { total: 3 } });
  expect((await ask("GET", path)).body.incident_id).toBe(opened.body.id);
  expect((await ask("POST", `${path}/incident`, {})).status).toBe(409);

  const ends_at = new Date(Date.now() + 3_600_000).toISOString();
  const silenced = await ask("POST", "/api/silences", { rule_id: made.body.id, ends_at, reason: "Known" });
  expect(silence.parse(silenced.body)).toMatchObject({ rule: letters.name, is_active: true });
  expect((await ask("POST", `/api/silences/${silenced.body.id}/end`)).body.is_active).toBe(false);
  expect((await ask("POST", `/api/silences/${silenced.body.id}/end`)).status).toBe(409);

  await shiftClock(app.sql, "62 minutes");
  await until("it is well", async () => (await ask("GET", path)).body.resolved_at !== null);
  expect((await fired()).alerts).toEqual([]);
});

test("A worker that stops takes its heartbeat back", async () => {
  await app.stop();
  expect(await app.sql`select kind from heartbeats where kind = 'worker'`).toEqual([]);
  expect(await app.sql`select name from heartbeats where name = 'alerts'`).toHaveLength(1);
});
