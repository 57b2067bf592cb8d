"use client";

/**
 * One stream of changes per tab, for every page: it says what changed, and whoever shows that reads it again. It is closed
 * while nobody looks, and goes on from where it was. While it cannot be had, pages ask every few seconds instead.
 */
import { useEffect } from "react";
import type { Change, LiveEventName } from "@/lib/contract/live";
import { createStore } from "./store";

/** A glance at another tab is not worth a new connection. */
const CLOSE_WHEN_HIDDEN_MS = 5_000;
/** The server says something every 15 s: who hears nothing for this long hears nothing at all, e.g. behind a proxy that collects. */
const SILENCE_MS = 40_000;
/** After a refusal (too many streams, signed out) or silence. */
const TRY_AGAIN_MS = 30_000;
/** What a page was drawn from on the server is at most this old when it begins to listen. */
const REMEMBERED_MS = 10_000;

/** `null`: anything could have changed. */
type Listener = (change: Change | null) => void;

let source: EventSource | undefined;
let cursor = "";
/** `connecting` until it is known for the first time whether there is one. */
export type StreamState = "connecting" | "open" | "lost";

const state = createStore<StreamState>("connecting");
let silence: ReturnType<typeof setTimeout> | undefined;
let again: ReturnType<typeof setTimeout> | undefined;
let hiding: ReturnType<typeof setTimeout> | undefined;
const changes = new Set<Listener>();
let told: { change: Change | null; at: number }[] = [];

/** Keeps the stream of this tab while the caller is drawn: once, in the frame. */
export function useLiveStream(): void {
  useEffect(() => {
    connect();
    document.addEventListener("visibilitychange", onVisibility);
    return () => {
      document.removeEventListener("visibilitychange", onVisibility);
      disconnect();
    };
  }, []);
}

/** Only while it is `open` changes are told as they happen. */
export const useStreamState = () => state.use();

/**
 * Calls the listener with what changes, until the function it answers is called; first with what changed a moment ago, which
 * the page it listens for may have been drawn without.
 */
export function onChange(listener: Listener): () => void {
  changes.add(listener);
  for (const { change, at } of told) if (at > Date.now() - REMEMBERED_MS) listener(change);
  return () => void changes.delete(listener);
}

function connect(): void {
  clearTimeout(again);
  if (source || document.hidden) return;
  source = new EventSource(`/api/live${cursor ? `?after=${encodeURIComponent(cursor)}` : ""}`);
  listen("ready", () => {
    const first = cursor === "";
    state.set("open");
    // Between the server's drawing of the page and now, anything may have happened.
    if (first) tell(null);
  });
  listen("change", (data) => tell(JSON.parse(data)));
  listen("reset", () => tell(null));
  listen("beat", () => {});
  source.onerror = () => {
    state.set("lost");
    // Otherwise the browser connects again by itself.
    if (source?.readyState === EventSource.CLOSED) giveUp();
  };
  hear();
}

function listen(name: LiveEventName, act: (data: string) => void): void {
  source?.addEventListener(name, (event: MessageEvent<string>) => {
    hear();
    act(event.data);
    if (event.lastEventId) cursor = event.lastEventId;
  });
}

function hear(): void {
  clearTimeout(silence);
  silence = setTimeout(giveUp, SILENCE_MS);
}

function giveUp(): void {
  disconnect();
  state.set("lost");
  again = setTimeout(connect, TRY_AGAIN_MS);
}

function disconnect(): void {
  for (const timer of [silence, again, hiding]) clearTimeout(timer);
  source?.close();
  source = undefined;
  if (state.get() === "open") state.set("connecting");
}

function onVisibility(): void {
  clearTimeout(hiding);
  if (document.hidden) hiding = setTimeout(disconnect, CLOSE_WHEN_HIDDEN_MS);
  else connect();
}

function tell(change: Change | null): void {
  const now = Date.now();
  told = [...told.filter(({ at }) => at > now - REMEMBERED_MS), { change, at: now }];
  for (const listener of changes) listener(change);
}
