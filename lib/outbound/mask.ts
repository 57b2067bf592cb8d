/** Masks our secrets in answers of endpoints: many answer with the request they got. */

/** Shorter values are ordinary words, and masking those would make an answer unreadable. */
const SHORTEST = 8;

/** Headers whose values are not secret, although the user chose them. */
const HARMLESS = /^(accept|accept-language|content-type|user-agent)$/i;

/** The values of custom headers that must be masked. */
export function secretsIn(headers: Record<string, string>): string[] {
  return Object.entries(headers).flatMap(([name, value]) => (HARMLESS.test(name) ? [] : [value]));
}

/**
 * Masks each secret in text whose characters are bytes (Latin-1), in the spellings of JSON and forms, and without its scheme
 * (`whsec_`, `Bearer `). The mask has the same length, so all other bytes keep their position.
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
