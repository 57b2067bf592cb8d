/** Whether an endpoint takes a signed test, sent as a delivery is. No event is made. */

import type { Destination } from "@/lib/contract/destinations";
import { parseId } from "@/lib/contract/ids";
import { agentSdk, signingSecrets } from "@/lib/destinations/configure";
import { openHeaders, secretsOf } from "@/lib/destinations/secrets";
import { testEndpoint } from "@/lib/destinations/test-endpoint";
import { ConfigurationError, environment } from "@/lib/env";
import { getSealedDestination, listDestinations } from "@/lib/queries/destinations";
import { EVERYTHING } from "@/lib/scope";
import type { Check } from "./check";

type Target = Parameters<typeof testEndpoint>[0];

/** The Agent SDK as the environment configures it: needs no database. */
export function checkAgentSdk(): Promise<Check> {
  const { slug, name, url } = agentSdk();
  return check(slug, name, { url: url ?? "", secrets: signingSecrets(slug, environment()) });
}

/** The active endpoints in the database with this slug, id or name; all of them without one. */
export async function checkDestinations(named?: string): Promise<Check[]> {
  const wanted = (await listDestinations(EVERYTHING)).filter(
    (one) => one.kind === "http" && (named === undefined ? one.enabled : [one.slug, one.id, one.name].includes(named)),
  );
  const checks: Check[] = [];
  for (const destination of wanted) checks.push(await checkOne(destination));
  return checks;
}

async function checkOne({ id, slug, name }: Destination): Promise<Check> {
  const sealed = await getSealedDestination(parseId("destination", id) ?? 0, EVERYTHING);
  try {
    const target = { headers: openHeaders(sealed), secrets: secretsOf(sealed, environment()) };
    return check(slug, name, { url: sealed.url ?? "", timeoutMs: sealed.timeout_ms, ...target });
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const step = { name: "signed test", ok: false, status: null, milliseconds: 0, problem: error.message };
    return { name: slug, label: name, steps: [step] };
  }
}

async function check(name: string, label: string, target: Target): Promise<Check> {
  const { success, responseCode, responseTime, error } = await testEndpoint(target);
  const step = { name: "signed test", ok: success, status: responseCode, milliseconds: responseTime };
  return { name, label, steps: [{ ...step, problem: success ? null : (error ?? `It answered ${responseCode}.`) }] };
}
