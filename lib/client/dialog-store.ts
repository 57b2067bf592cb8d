/** Windows that more than one thing opens: a key, a button, the command palette. At most one is open. */
import { useSyncExternalStore } from "react";

export type DialogName = "search" | "help" | "new_destination";

let current: DialogName | null = null;
let typed = "";
const listeners = new Set<() => void>();

export function openDialog(name: DialogName): void {
  set(name);
}

export function closeDialog(name: DialogName): void {
  if (current === name) set(null);
}

/** Whether a window is open. */
export function useOpenDialog(name: DialogName): boolean {
  return useSyncExternalStore(
    subscribe,
    () => current === name,
    () => false,
  );
}

/** Remembers what somebody types before the window is there to take it. */
export function typeAhead(text: string): void {
  typed = text;
}

/** What was typed before the window was there. */
export function typedAhead(): string {
  return typed;
}

function set(next: DialogName | null): void {
  current = next;
  typed = "";
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
