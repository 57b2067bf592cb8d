/** The settings of a source as people type them, in the form that its provider compares. */
import type { Provider } from "./provider";

export type ReadSettings = { settings: Record<string, string> } | { setting: string; problem: string };

/** Reads the known settings of a provider; the first that cannot be meant is a problem. Empty ones are left out. */
export function readSettings(provider: Provider, typed: Readonly<Record<string, string>>): ReadSettings {
  const settings: Record<string, string> = {};
  for (const [setting, text] of Object.entries(typed)) {
    if (text.trim() === "") continue;
    const read = provider.settings?.[setting]?.read?.(text) ?? { value: text.trim() };
    if ("problem" in read) return { setting, problem: read.problem };
    settings[setting] = read.value;
  }
  return { settings };
}
