/** Dialogs that are opened from more than one place: a key, a button, the command palette. At most one is open. */
import { createStore } from "./store";

export type DialogName = "search" | "help" | "new_destination";

const current = createStore<DialogName | null>(null);
let typed = "";

export function openDialog(name: DialogName): void {
  typed = "";
  current.set(name);
}

export function closeDialog(name: DialogName): void {
  if (current.get() !== name) return;
  typed = "";
  current.set(null);
}

export function useOpenDialog(name: DialogName): boolean {
  return current.use((open) => open === name);
}

/** Keeps what a user types before the dialog is ready to take it. */
export function typeAhead(text: string): void {
  typed = text;
}

/** The text typed before the dialog was ready. */
export function typedAhead(): string {
  return typed;
}
