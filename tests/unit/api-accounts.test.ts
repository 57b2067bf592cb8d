/** Where a source's key is sent, which requests share a budget, and which endpoint of the provider is the source's. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { findProvider } from "@/lib/providers";
import type { ApiSession, ProviderApi } from "@/lib/providers/api";
import { accountWith } from "@/lib/reconciliation/accounts";
import { readConfiguration } from "@/lib/reconciliation/configuration";
import { environmentCredentials } from "@/lib/reconciliation/credentials";
import type { ProviderWithApi } from "@/lib/reconciliation/session";

const provider = (slug: string) => findProvider(slug) as ProviderWithApi;
const KEY = { api_key: "token-of-a-tenant", account_id: "7" };

beforeEach(() => {
  vi.stubEnv("CHATWOOT_BASE_URL", "https://default.example");
  vi.stubEnv("TELNYX_API_URL", "http://127.0.0.1:4999/");
});
afterEach(() => vi.unstubAllEnvs());

test("the key of a source went to the server of the default source", () => {
  const urlOf = (fields: Record<string, string>) => accountWith(provider("chatwoot"), fields).url;
  expect(urlOf({ ...KEY, base_url: "https://tenant.example/" })).toBe("https://tenant.example");
  expect(urlOf(KEY)).toBe("https://app.chatwoot.com");
  const ofDefault = environmentCredentials({ provider: "chatwoot", sourceId: null }, provider("chatwoot").api);
  expect(urlOf({ ...KEY, ...ofDefault })).toBe("https://default.example");
});

test("an address that is no credential is replaced for every source", () => {
  expect(accountWith(provider("telnyx"), { key: "KEY0123456789" }).url).toBe("http://127.0.0.1:4999");
});

test("one key had a budget for each of its settings", () => {
  const hashOf = (fields: Record<string, string>) => accountWith(provider("telnyx"), fields).hash;
  const [one, other] = ["https://a.example", "https://b.example"].map((url) => ({ endpoint: url }));
  expect(hashOf({ key: "KEY0123456789", ...one })).toBe(hashOf({ key: "KEY0123456789", ...other }));
  expect(hashOf({ key: "KEY0123456789" })).not.toBe(hashOf({ key: "KEY9876543210" }));
});

test("a shop is read from the environment as it is from the console", () => {
  vi.stubEnv("SHOPIFY_SHOP", "https://Acme.myshopify.com/");
  const found = environmentCredentials({ provider: "shopify", sourceId: null }, provider("shopify").api);
  expect(found.shop).toBe("acme.myshopify.com");
});

test.each([
  [null, "https://desk.example/api/webhooks/stripe"],
  [7, "https://desk.example/api/webhooks/stripe/"],
])("a run of a source asked for the default endpoint (source %s)", async (sourceId, url) => {
  vi.stubEnv("PUBLIC_URL", "https://desk.example/");
  const asked: string[] = [];
  const api: ProviderApi = {
    ...provider("stripe").api,
    configuration: async (_session, endpoint) => {
      asked.push(endpoint);
      return { subscribedTypes: null, problems: [] };
    },
  };
  await readConfiguration(api, {} as ApiSession, { provider: "stripe", sourceId });
  expect(asked).toEqual([url]);
});
