/**
 * Keyboard shortcuts, in one place. A component registers its shortcuts while it is mounted, one listener runs them, and the
 * help lists what is registered.
 */
import { useEffect, useEffectEvent } from "react";
import { createStore } from "./store";

export interface Shortcut {
  /** As in `KeyboardEvent.key`: "j", "?", "Enter"; "mod+k" is ⌘K or Ctrl+K; "g e" is one after the other. */
  keys: string;
  /** What it does, for the help: "Next event". */
  label: string;
  run: () => void;
}

interface Group {
  name: string;
  shortcuts: Shortcut[];
}

/** The second key of a sequence must follow within this time. */
const SEQUENCE_MS = 1_000;

const groups = createStore<readonly Group[]>([]);
let first: { key: string; at: number } | undefined;

/**
 * Enables the shortcuts while the caller is mounted. When two components ask for the same keys, the one mounted last gets
 * them.
 */
export function useShortcuts(name: string, shortcuts: Shortcut[]): void {
  const run = useEffectEvent((keys: string) => shortcuts.find((one) => one.keys === keys)?.run());
  const known = shortcuts.map(({ keys, label }) => `${keys}\t${label}`).join("\n");
  useEffect(() => {
    const group: Group = {
      name,
      shortcuts: known
        .split("\n")
        .filter(Boolean)
        .map((line) => {
          const [keys = "", label = ""] = line.split("\t");
          return { keys, label, run: () => run(keys) };
        }),
    };
    change([...groups.get(), group]);
    return () => change(groups.get().filter((other) => other !== group));
  }, [name, known]);
}

/** The shortcuts that are enabled now, by group, in the order they were registered. */
export const useKnownShortcuts = () => groups.use();

function change(next: readonly Group[]): void {
  if (groups.get().length === 0 && next.length > 0) document.addEventListener("keydown", onKey);
  if (next.length === 0) document.removeEventListener("keydown", onKey);
  groups.set(next);
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.altKey) return;
  const modified = event.metaKey || event.ctrlKey;
  if (!modified && isBusy(event)) return;
  const key = modified ? `mod+${event.key.toLowerCase()}` : event.key;
  const sequence = first && event.timeStamp - first.at < SEQUENCE_MS ? `${first.key} ${key}` : undefined;
  first = undefined;
  const shortcut = (sequence && find(sequence)) || find(key);
  if (shortcut) {
    event.preventDefault();
    shortcut.run();
  } else if (!modified) {
    first = { key, at: event.timeStamp };
  }
}

function find(keys: string): Shortcut | undefined {
  return groups
    .get()
    .flatMap(({ shortcuts }) => shortcuts)
    .findLast((one) => one.keys === keys);
}

/** The user is typing, or is inside a floating element, or Enter already activates the focused element. */
function isBusy({ target, key }: KeyboardEvent): boolean {
  const element = target instanceof Element ? target : undefined;
  if (element?.closest("input:not([type=checkbox]), textarea, select, [contenteditable=true]")) return true;
  if (key === "Enter" && element?.closest("a, button, summary, [role=button]")) return true;
  return document.querySelector("[role=dialog][data-state=open], [role=menu][data-state=open]") !== null;
}
