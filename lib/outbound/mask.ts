/** Our secrets, masked where an endpoint sends them back: many answer with the request they got. */

/** Shorter values are words, and masking those would make an answer unreadable. */
const SHORTEST = 8;

/** Headers whose values tell nothing, although the caller chose them. */
const HARMLESS = /^(accept|accept-language|content-type|user-agent)$/i;

/** The values of custom headers that must not be shown. */
export function secretsIn(headers: Record<string, string>): string[] {
  return Object.entries(headers).flatMap(([name, value]) => (HARMLESS.test(name) ? [] : [value]));
}

/**
 * Masks each secret in text whose characters are bytes (Latin-1), in the spellings that JSON and forms give it, and
 * without its scheme (`whsec_`, `Bearer `). What it puts there has the same length, so nothing moves.
 */
export function masker(secrets: readonly string[]): (text: string) => string {
  const spellings = [...new Set(secrets.flatMap(spellingsOf))].filter((spelling) => spelling.length >= SHORTEST);
  spellings.sort((a, b) => b.length - a.length);
  return (text) => spellings.reduce((rest, one) => rest.replaceAll(one, "*".repeat(one.length)), text);
}

function spellingsOf(secret: string): string[] {
  const bare = [secret, secret.replace(/^whsec_/, ""), secret.replace(/^\w+ /, "")];
  const written = bare.flatMap((one) => {
    const json = JSON.stringify(one).slice(1, -1);
    return [one, json, json.replaceAll("/", "\\/"), encodeURIComponent(one.toWellFormed())];
  });
  return written.map((one) => Buffer.from(one).toString("latin1"));
}
