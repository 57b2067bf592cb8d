/** The evidence of an incident: what is in the bundle, what is not, and that a changed one is told. Long because it reads every file. */
import { execFile } from "node:child_process";
import { createHash, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { unzipSync, zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { evidenceKey } from "@/lib/contract/api/evidence";
import { verifyEvidence } from "@/lib/evidence/verify";
import type { Ask } from "../support/api";
import { answerInProcess, openApi } from "../support/api-desk";
import { type Desk, eventIdIn, openDesk, send, workUntilIdle } from "../support/desk";
import { addDestination, type Endpoint, startEndpoint } from "../support/endpoint";
import { type SeededItem, seedIncident } from "../support/incident-seed";
import { deliverAndSettle } from "../support/reconciling";

const run = promisify(execFile);
const PERSON = { name: "Jane Roe", email: "jane@example.com", phone: "+491701234567" };
const SECRET = "whsec_of-a-destination-0123456789";
const ROOT = path.resolve(import.meta.dirname, "../..");

let desk: Desk;
let ask: Ask;
let endpoint: Endpoint;
let folder: string;
let incident: number;
let events: number[];
let zip: Buffer;
let files: Record<string, string>;

beforeAll(async () => {
  process.env.ENCRYPTION_KEY = Buffer.alloc(32, 7).toString("base64");
  folder = mkdtempSync(path.join(tmpdir(), "evidence-"));
  desk = await openDesk();
  ask = await openApi();
  endpoint = await startEndpoint();
  await addDestination(desk.sql, "acme-shop", `${endpoint.url}?token=s3cret-token`);
  await desk.sql`update destinations set providers = '{stripe}' where slug = 'acme-shop'`;
  events = [await deal("evt_1"), await deal("evt_2")];
  await workUntilIdle();
  incident = await seed();
  await desk.sql`update destinations set headers = ${desk.sql.json({ "X-Api-Key": SECRET })} where slug = 'acme-shop'`;
  zip = await take(incident);
  files = textsIn(zip);
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await endpoint.close();
  await desk.close();
});

/** A customer of Stripe with a name, an address and a number in its payload. */
async function deal(id: string): Promise<number> {
  const object = { id: "cus_42", object: "customer", ...PERSON };
  return eventIdIn(
    await send("stripe", { id, object: "event", type: "customer.updated", created: 1_790_000_000, data: { object } }),
  );
}

async function seed(): Promise<number> {
  const { sql } = desk;
  const [source] = await sql`
    insert into sources (provider, name, organisation_id, token_hash, token_hint, settings)
    values ('stripe', 'Stripe of Acme', 'acme', 'hash-of-the-token', 'abcd', '{}') returning id`;
  const [asked] = await sql`
    insert into reconciliations (provider, started_by, status, from_ts, to_ts, actor, actor_id, completed_at)
    values ('stripe', 'incident', 'completed', now() - interval '2 hours', now(), 'Ada', 'staff-1', now()) returning id`;
  await sql`
    insert into api_requests (reconciliation_id, provider, method, url, status_code, provider_request_id, entries, milliseconds)
    values (${asked?.id}, 'stripe', 'GET', 'https://api.stripe.com/v1/events?email=jane%40example.com', 200, 'req_Stripe1', 2, 12)`;
  const [refused] = await sql`
    insert into rejections (provider, reason, detail, status_code, method, path, headers, body, body_size, event_key)
    values ('stripe', 'bad_signature', 'No secret fits.', 401, 'POST', '/api/webhooks/stripe', '[]', ${JSON.stringify(PERSON)}, 99, 'evt_2')
    returning id`;
  const [finding] = await sql`
    insert into findings (reconciliation_id, provider, kind, identity, event_type, occurred_at, origin, rejection_id)
    values (${asked?.id}, 'stripe', 'rejected', 'evt_2', 'customer.updated', now(), 'provider_api', ${refused?.id}) returning id`;
  const replay = await ask("POST", "/api/webhooks/replays", {
    ...{ reason: "Stripe is back, told by jane@example.com", selection: { event_ids: [`we_${events[0]}`] } },
    options: { skipAlreadyApplied: false },
  });
  expect(replay.status, replay.text).toBe(202);
  await deliverAndSettle();
  const replayId = Number(replay.body.replay_id.slice(3));
  const ofAcme = { provider: "stripe", event_type: "customer.updated", organisation_id: "acme" };
  const id = await seedIncident(sql, [
    {
      ...ofAcme,
      identity: "evt_1",
      event_id: events[0],
      customer_id: "cus_42",
      object_id: "cus_42",
      amount: 4_200,
      currency: "eur",
      state: "verified",
      replay_id: replayId,
    },
    { ...ofAcme, identity: "evt_2", event_id: events[1], finding_id: Number(finding?.id), cause: "rejected" },
    {
      ...ofAcme,
      identity: '=HYPERLINK("http://x")',
      cause: "missing",
      state: "unrecoverable",
      reason: "@SUM(1) of jane@example.com",
      accepted_by: "Grace",
    },
    { ...ofAcme, provider: "mitto", event_type: "dlr", identity: "m_1", customer_id: PERSON.phone },
  ]);
  await sql`insert into incident_runs (incident_id, reconciliation_id, purpose) values (${id}, ${asked?.id}, 'find')`;
  await sql`insert into incident_stages (incident_id, number, replay_id) values (${id}, 1, ${replayId})`;
  await sql`insert into watches (provider, source_id) values ('stripe', null), ('stripe', ${source?.id})`;
  await sql`insert into incident_steps (incident_id, step, status, reason) values (${id}, 'verify', 'waiting', 'An administrator | has to accept.')`;
  await sql`
    insert into incident_requests (incident_id, action, input, reason, actor, actor_id, is_approved, decided_by, decided_by_id, decision, decided_at)
    values (${id}, 'recover', '{}', 'Merchants wait', 'Sam', 'staff-2', true, 'Ada', 'staff-1', 'Go', now())`;
  await sql`insert into incident_log (incident_id, kind, message, actor, actor_id)
    values (${id}, 'note', 'Called Jane at +49 170 1234567, ABC-12', 'Ada', 'staff-1')`;
  return id;
}

async function take(id: number, query = ""): Promise<Buffer> {
  const answer = await answerInProcess(`http://desk.test/api/incidents/in_${id}/evidence${query}`, {
    headers: { authorization: `Bearer ${await tokenOf()}` },
  });
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/zip"]);
  expect(answer.headers.get("content-disposition")).toContain(`evidence-in_${id}.zip`);
  return Buffer.from(await answer.arrayBuffer());
}

async function tokenOf(organisations?: string[]): Promise<string> {
  const { issueToken } = await import("@/lib/auth/tokens");
  return (await issueToken({ subject: "ops", role: "viewer", expiresIn: "10m", organisations })).token;
}

const textsIn = (bytes: Buffer) =>
  Object.fromEntries(
    Object.entries(unzipSync(bytes)).map(([name, part]) => [name, Buffer.from(part).toString("utf8")]),
  );
const linesIn = (name: string) =>
  (files[name] ?? "")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

async function verdictOn(bytes: Uint8Array, trusted?: string): Promise<string[]> {
  const file = path.join(folder, `${createHash("sha256").update(bytes).digest("hex")}.zip`);
  writeFileSync(file, bytes);
  return (await verifyEvidence(file, trusted)).problems;
}

describe("the bundle", () => {
  test("has its files in order, and verifies", async () => {
    expect(Object.keys(files)).toEqual([
      ...["summary.md", "items.csv", "timeline.jsonl", "requests.jsonl", "rejections.jsonl", "replays.jsonl"],
      ...["config.json", "provider-support.txt", "customer-notice.txt", "hashes.txt", "manifest.json"],
    ]);
    expect(await verdictOn(zip)).toEqual([]);
  });

  test("has a line per item, with what proves it, and no formula of a sender", () => {
    const [head, ...lines] = (files["items.csv"] ?? "").trim().split("\r\n");
    expect(head).toContain('"position","provider","source_id","identity"');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toContain('"evt_1","customer.updated"');
    expect(lines[0]).toMatch(/"verified".*"[0-9a-f]{64}"$/);
    expect(lines[2]).toContain(`"'=HYPERLINK(""http://x"")"`);
    expect(lines[2]).toContain(`"'@SUM(1) of [e-mail]","Grace"`);
  });

  test("has the log with who took it, what was asked, what was rejected, and each replay with its deliveries", () => {
    expect(linesIn("timeline.jsonl").map(({ kind, actor }) => [kind, actor])).toEqual([
      ["opened", "Ada"],
      ["note", "Ada"],
      ["evidence", "ops"],
    ]);
    expect(linesIn("requests.jsonl")).toMatchObject([
      { provider_request_id: "req_Stripe1", status_code: 200, entries: 2 },
    ]);
    expect(linesIn("rejections.jsonl")).toMatchObject([
      { reason: "bad_signature", event_key: "evt_2", status_code: 401 },
    ]);
    const [replay, ...deliveries] = linesIn("replays.jsonl");
    expect(replay).toMatchObject({
      line: "replay",
      stage: 1,
      actor: "ops",
      kind: "single",
      selection: expect.any(Object),
    });
    expect(replay).toMatchObject({ options: { skipAlreadyApplied: false }, created_at: expect.any(String) });
    expect(deliveries.length).toBeGreaterThan(0);
    expect(deliveries[0]).toMatchObject({ line: "delivery", event_key: "evt_1", replay_id: replay.id });
  });

  test("has the configuration without its secrets, and texts to paste", () => {
    const config = JSON.parse(files["config.json"] ?? "");
    expect(config.watches).toMatchObject([{ provider: "stripe", source_id: null }]);
    const shop = config.destinations.find(({ slug }: { slug: string }) => slug === "acme-shop");
    expect(shop).toMatchObject({ headers: ["X-Api-Key"], url: expect.stringContaining("/hook?token=••••") });
    expect(files["provider-support.txt"]).toMatch(
      /===== stripe =====[\s\S]*- evt_1[\s\S]*- req_Stripe1[\s\S]*- bad_signature: 1/,
    );
    expect(files["customer-notice.txt"]).toContain("===== acme =====");
    expect(files["customer-notice.txt"]).toContain("1 of them has been processed");
    expect(files["summary.md"]).toContain("| 4 | 2 | 0 | 1 | 0 | 1 | 1 |");
    expect(files["summary.md"]).toContain("approved by Ada");
    expect(files["summary.md"]).toContain("An administrator \\| has to accept.");
  });

  test("has no name, e-mail address or phone number of a person, and no secret", () => {
    for (const [name, text] of Object.entries(files)) {
      for (const personal of ["Jane Roe", "jane@", "jane%40", "1701234567", "170 1234567"]) {
        expect(text.includes(personal), `${personal} in ${name}`).toBe(false);
      }
      for (const secret of [
        SECRET,
        "s3cret-token",
        "user:pass",
        "hash-of-the-token",
        process.env.ENCRYPTION_KEY ?? "?",
      ]) {
        expect(text.includes(secret), `${secret} in ${name}`).toBe(false);
      }
    }
    expect(files["items.csv"]).toContain('"cus_42"');
  });

  test("has payloads when they are asked for, and is in the audit log and the incident's log each time [S34]", async () => {
    const full = textsIn(await take(incident, "?payloads=true"));
    expect(full[`payloads/we_${events[0]}`]).toContain("Jane Roe");
    expect(full["hashes.txt"]).toContain(`# 1 we_${events[0]} `);
    const stored = await desk.sql`select encode(body_sha256, 'hex') as hash from events where id = ${events[0] ?? 0}`;
    expect(full["hashes.txt"]).toContain(String(stored[0]?.hash));
    const log =
      await desk.sql`select details from incident_log where incident_id = ${incident} and kind = 'evidence' order by id`;
    expect(log.map(({ details }) => details)).toEqual([{ payloads: false }, { payloads: true }]);
    const actions =
      await desk.sql`select action, details from staff_actions where subject = ${`in_${incident}`} order by id`;
    expect(actions.map(({ action }) => action)).toEqual([
      "incident.export",
      "incident.exported",
      "incident.export",
      "incident.exported",
    ]);
    expect(actions.at(-1)?.details).toMatchObject({ payloads: true, complete: true, rows: 4 });
  });
});

describe("a bundle that was changed", () => {
  test("by one byte in any of its files names that file", async () => {
    const parts = unzipSync(zip);
    for (const [name, bytes] of Object.entries(parts)) {
      for (const at of [0, Math.floor(bytes.length / 2), bytes.length - 1]) {
        const changed = Uint8Array.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ 1;
        const problems = await verdictOn(await rezip({ ...parts, [name]: changed }));
        expect(problems, `${name} at ${at}`).toEqual([expect.stringContaining(name)]);
      }
    }
  });

  test("by a file that is missing, and by one that was added, names it", async () => {
    const { "requests.jsonl": _gone, ...rest } = unzipSync(zip);
    expect(await verdictOn(await rezip(rest))).toEqual(["requests.jsonl is missing."]);
    const more = { ...unzipSync(zip), "extra.txt": Buffer.from("x") };
    expect(await verdictOn(await rezip(more))).toEqual(["extra.txt was added."]);
    const { "manifest.json": _none, ...unsigned } = unzipSync(zip);
    expect(await verdictOn(await rezip(unsigned))).toEqual(["manifest.json is missing."]);
  });

  test("by any single byte of the zip is told, or nothing that is unpacked differs", async () => {
    for (let at = 0; at < zip.length; at += 97) {
      const changed = Buffer.from(zip);
      changed[at] = (changed[at] ?? 0) ^ 0x41;
      const problems = await verdictOn(changed);
      // What a zip says about times and versions does not matter.
      if (problems.length === 0) expect(textsIn(changed), `byte ${at}`).toEqual(files);
    }
  });

  test("by cutting it short, by bytes before or after it, by another zip, is told", async () => {
    for (const changed of [
      zip.subarray(0, -1),
      Buffer.concat([Buffer.from("x"), zip]),
      Buffer.concat([zip, Buffer.from("x")]),
    ]) {
      expect(await verdictOn(changed)).toEqual([expect.stringMatching(/^The file has /)]);
    }
    expect(await verdictOn(zipSync({ "summary.md": Buffer.from("x") }))).toEqual([
      expect.stringMatching(/^The file has /),
    ]);
  });

  test("and signed again by another key is told when the right key is given", async () => {
    const { body } = await ask("GET", "/api/evidence-key");
    const { public_key } = evidenceKey.parse(body);
    expect(await verdictOn(zip, public_key)).toEqual([]);
    process.env.ENCRYPTION_KEY = Buffer.alloc(32, 8).toString("base64");
    const forged = await take(incident);
    process.env.ENCRYPTION_KEY = Buffer.alloc(32, 7).toString("base64");
    expect(await verdictOn(forged)).toEqual([]);
    expect(await verdictOn(forged, public_key)).toEqual([
      expect.stringContaining("manifest.json is signed by another key"),
    ]);
  });
});

/** As Redrive writes zips, so that only the content differs. */
async function rezip(parts: Record<string, Uint8Array>): Promise<Buffer> {
  const { zipOf } = await import("@/lib/evidence/zip");
  async function* all() {
    for (const [name, bytes] of Object.entries(parts)) yield { name, parts: one(bytes) };
  }
  async function* one(bytes: Uint8Array) {
    yield bytes;
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of zipOf(all(), new Date(), [])) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe("npm run verify-evidence", () => {
  const verify = (...args: string[]) =>
    run(process.execPath, ["--import", "tsx", "tests/tools/verify-evidence.ts", ...args], { cwd: ROOT }).then(
      ({ stdout }) => ({ code: 0, stdout }),
      (error: { code: number; stdout: string }) => ({ code: error.code, stdout: error.stdout }),
    );

  test("says that all is well, what is wrong, and by its exit code, too", { timeout: 60_000 }, async () => {
    const [good, bad, key] = ["good.zip", "bad.zip", "key.pem"].map((name) => path.join(folder, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(good, zip);
    const parts = unzipSync(zip);
    writeFileSync(bad, await rezip({ ...parts, "items.csv": Buffer.from("x"), "summary.md": Buffer.from("y") }));
    writeFileSync(key, (await ask("GET", "/api/evidence-key")).body.public_key);
    expect(await verify(good, "--key", key)).toEqual({
      code: 0,
      stdout: expect.stringContaining(`All 10 files of in_${incident}`),
    });
    expect(await verify(bad)).toEqual({ code: 1, stdout: "items.csv was changed.\nsummary.md was changed.\n" });
    const { publicKey } = generateKeyPairSync("ed25519");
    writeFileSync(key, publicKey.export({ format: "pem", type: "spki" }).toString());
    expect((await verify(good, "--key", key)).code).toBe(1);
    expect((await verify()).code).toBe(2);
  });
});

describe("programs that we did not write", () => {
  test("unpack the bundle, check its hashes and its signature", { timeout: 60_000 }, async () => {
    const file = path.join(folder, "bundle.zip");
    writeFileSync(file, zip);
    const check = [
      "import zipfile, sys, json, base64, hashlib",
      "z = zipfile.ZipFile(sys.argv[1])",
      "assert z.testzip() is None",
      "z.extractall(sys.argv[2])",
      "m = json.loads(z.read('manifest.json'))",
      "for l in m['signed'].split('\\n')[5:-1]:",
      "    h, n, name = l.split(' ', 2); b = z.read(name)",
      "    assert hashlib.sha256(b).hexdigest() == h and len(b) == int(n), name",
      "open(sys.argv[2] + '/signed', 'wb').write(m['signed'].encode())",
      "open(sys.argv[2] + '/sig', 'wb').write(base64.b64decode(m['signature']))",
      "open(sys.argv[2] + '/key.pem', 'w').write(m['public_key'])",
      "print(len(z.namelist()))",
    ].join("\n");
    const out = path.join(folder, "unpacked");
    expect((await run("python3", ["-c", check, file, out])).stdout.trim()).toBe("11");
    const openssl = ["pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin", "-in", "signed", "-sigfile", "sig"];
    expect((await run("openssl", openssl, { cwd: out })).stdout).toContain("Signature Verified Successfully");
    const sums = (await run("sha256sum", ["--check", "--strict", "hashes.txt"], { cwd: out })).stdout;
    expect(sums.match(/: OK/g)).toHaveLength(9);
    expect(readFileSync(path.join(out, "summary.md"), "utf8")).toBe(files["summary.md"]);
  });
});

describe("a caller", () => {
  const asking = async (organisations: string[], id = incident) =>
    (
      await answerInProcess(`http://desk.test/api/incidents/in_${id}/evidence`, {
        headers: { authorization: `Bearer ${await tokenOf(organisations)}` },
      })
    ).status;

  test("who does not see all organisations of an incident gets none of it", async () => {
    expect(await asking(["acme"])).toBe(200);
    expect(await asking(["acme", "globex"])).toBe(200);
    expect(await asking(["globex"])).toBe(404);
    const both = await seedIncident(
      desk.sql,
      [{ provider: "stripe", identity: "evt_1", event_type: "x", organisation_id: "acme" }],
      {
        organisations: ["acme", "globex"],
      },
    );
    expect(await asking(["acme"], both)).toBe(404);
    const none = await seedIncident(desk.sql, [], { organisations: null });
    expect(await asking(["acme"], none)).toBe(404);
    expect(await asking(["acme"], 987_654)).toBe(404);
    const [{ count } = { count: 0 }] =
      await desk.sql`select count(*)::integer as count from incident_log where incident_id = ${both} and kind = 'evidence'`;
    expect(count).toBe(0);
  });

  test("is told that nothing can be signed without an encryption key", async () => {
    const { ENCRYPTION_KEY } = process.env;
    delete process.env.ENCRYPTION_KEY;
    const answer = await ask("GET", `/api/incidents/in_${incident}/evidence`);
    process.env.ENCRYPTION_KEY = ENCRYPTION_KEY;
    expect([answer.status, answer.body.detail]).toEqual([503, expect.stringContaining("openssl rand")]);
  });
});

test("50,000 items are read in pages of constant size, and no part of the file is larger than a page", {
  timeout: 120_000,
}, async () => {
  const many: SeededItem[] = Array.from({ length: 50_000 }, (_, n) => ({
    ...{ provider: "stripe", identity: `evt_many_${n}`, event_type: "invoice.paid", organisation_id: `org_${n % 50}` },
  }));
  const id = await seedIncident(desk.sql, many, { organisations: null });
  const { bundle } = await import("@/lib/evidence/bundle");
  const { readHead } = await import("@/lib/evidence/read");
  const { signingKey } = await import("@/lib/evidence/key");
  const asker = { organisations: null };
  const head = await readHead(`in_${id}`, asker);
  const made = { at: new Date().toISOString(), by: "Ada", payloads: false };
  const reader = bundle({ head, asker, made }, signingKey(), async () => {}).getReader();
  const chunks: Uint8Array[] = [];
  for (let next = await reader.read(); !next.done; next = await reader.read()) chunks.push(next.value);
  expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThan(256 * 1024);
  const whole = Buffer.concat(chunks);
  expect(await verdictOn(whole)).toEqual([]);
  expect(textsIn(whole)["items.csv"]?.split("\r\n")).toHaveLength(50_002);
});
