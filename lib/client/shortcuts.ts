/**
 * Keyboard shortcuts, in one place: whoever draws something that keys act on registers them while it is drawn, one listener
 * runs them, and the help lists what is registered.
 */
import { useEffect, useEffectEvent } from "react";
import { createStore } from "./store";

export interface Shortcut {
  /** As `KeyboardEvent.key` says it: "j", "?", "Enter"; "mod+k" is ⌘K or Ctrl+K; "g e" is one after the other. */
  keys: string;
  /** What it does, as the help says it: "Next event". */
  label: string;
  run: () => void;
}

interface Group {
  name: string;
  shortcuts: Shortcut[];
}

/** The second key of two has this long to follow. */
const SEQUENCE_MS = 1_000;

const groups = createStore<readonly Group[]>([]);
let first: { key: string; at: number } | undefined;

/** Lets keys act while the caller is drawn. Of two that ask for the same keys, the one drawn last has them. */
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

/** The shortcuts that act now, by group, in the order they were registered. */
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

/** Somebody writes, or is inside of something that floats, or Enter already has something to press. */
function isBusy({ target, key }: KeyboardEvent): boolean {
  const element = target instanceof Element ? target : undefined;
  if (element?.closest("input:not([type=checkbox]), textarea, select, [contenteditable=true]")) return true;
  if (key === "Enter" && element?.closest("a, button, summary, [role=button]")) return true;
  return document.querySelector("[role=dialog][data-state=open], [role=menu][data-state=open]") !== null;
}
