/** A new provider is one folder and one line: this spec adds one to a copy of the project, and finds it wherever providers are. */
import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "playwright/test";
import { ROOT } from "../../lib/db/supabase-cli";
import { type RunningApp, startApp } from "../support/app";
import { signInAt } from "./sign-in";

const ACME = `import { randomBytes } from "node:crypto";
import { hmacSha256, sameDigest } from "../hmac";
import { acceptAs, header, type Provider, refuse } from "../provider";
import { at, idFrom, keyFrom, keyOfBody, typeFrom } from "../shape";

export const acme: Provider = {
  slug: "acme",
  label: "Acme Parcels",
  mark: "Ac",
  scheme: "HMAC-SHA256 of the body in Acme-Signature",
  setup: "In Acme, open Settings → Webhooks and add this URL.",
  secretsVariable: "ACME_WEBHOOK_SECRET",
  localSecrets: () => ({ ACME_WEBHOOK_SECRET: randomBytes(16).toString("hex") }),
  refusalStatus: 401,
  secretHeaders: ["acme-signature"],
  samples: {
    types: ["parcel.shipped"],
    signingVariable: "ACME_WEBHOOK_SECRET",
    userAgent: "acme/1.0",
    newId: () => "acme_" + randomBytes(6).toString("hex"),
    event: (type, id) => ({ id, type, parcel: { id: "parcel_1" } }),
    sign: (body, _timestamp, secret) => [["Acme-Signature", hmacSha256(secret, "", body).toString("hex")]],
  },
  verify(request, { secrets }) {
    const sent = Buffer.from(header(request, "acme-signature") ?? "", "hex");
    const isSigned = secrets.some((secret) => sameDigest(hmacSha256(secret, "", request.body), sent));
    return isSigned ? acceptAs("signed", request) : refuse("bad_signature", "Acme-Signature does not match.");
  },
  identify: (request, payload) => ({
    eventKey: keyFrom(at(payload, "id")) ?? keyOfBody(request),
    eventType: typeFrom(at(payload, "type")),
    objectId: idFrom(at(payload, "parcel", "id")),
  }),
};
`;

let copy: string;
let app: RunningApp;

test.beforeAll(async () => {
  test.setTimeout(600_000);
  // Inside the project: a build may not link to a folder outside of it.
  mkdirSync(path.join(ROOT, "test-results"), { recursive: true });
  copy = mkdtempSync(path.join(ROOT, "test-results/new-provider-"));
  const left = new Set(["node_modules", "test-results", "docs", "bench"]);
  for (const name of readdirSync(ROOT)) {
    if (!name.startsWith(".") && !left.has(name))
      cpSync(path.join(ROOT, name), path.join(copy, name), { recursive: true });
  }
  symlinkSync(path.join(ROOT, "node_modules"), path.join(copy, "node_modules"));
  // The folder …
  mkdirSync(path.join(copy, "lib/providers/acme"));
  writeFileSync(path.join(copy, "lib/providers/acme/index.ts"), ACME);
  // … the line, with its import …
  const registry = path.join(copy, "lib/providers/index.ts");
  const line = readFileSync(registry, "utf8").replace("  platform,\n", "  platform,\n  acme,\n");
  writeFileSync(registry, `import { acme } from "./acme";\n${line}`);
  // … and what is generated from it.
  execFileSync("npm", ["run", "providers"], { cwd: copy });
  app = await startApp({ root: copy });
});
test.afterAll(async () => {
  await app?.stop();
  if (copy) rmSync(copy, { recursive: true, force: true });
});

test("a provider that is added is received, shown, filtered by and offered like any other", async ({ page }) => {
  test.setTimeout(600_000);
  const { ACME_WEBHOOK_SECRET } = JSON.parse(readFileSync(path.join(app.dataDir, "secrets.json"), "utf8"));
  const body = JSON.stringify({ id: "acme_1", type: "parcel.lost", parcel: { id: "parcel_9" } });
  const send = (secret: string) => {
    const headers = { "acme-signature": createHmac("sha256", secret).update(body).digest("hex") };
    return fetch(`${app.url}/api/webhooks/acme`, { method: "POST", headers, body });
  };
  expect((await send(ACME_WEBHOOK_SECRET)).status).toBe(200);
  expect((await send("another")).status).toBe(401);

  await signInAt(page, app, "/events");
  await page.getByRole("button", { name: /^Filter by provider/ }).click();
  await page.getByRole("checkbox", { name: "Acme Parcels" }).check();
  await expect(page).toHaveURL(/provider_slug=acme/);
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("event-row")).toHaveCount(1);
  await expect(page.getByTestId("event-row")).toContainText("parcel.lost");

  await page.goto(`${app.url}/sources`);
  const source = page.getByTestId("source-acme");
  await expect(source).toContainText("Acme Parcels");
  await source.getByTestId("sample-acme").click();
  await expect(source.getByTestId("sample-sent")).toContainText("parcel.shipped");
});
