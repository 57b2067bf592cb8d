"use client";

/**
 * One stream of changes per tab, for every page. It says what changed, and each page that shows it reads it again. The
 * stream is closed while the tab is hidden, and resumes where it stopped. While it is unavailable, pages poll every few
 * seconds.
 */
import { useEffect } from "react";
import type { Change, LiveEventName } from "@/lib/contract/live";
import { createStore } from "./store";

/** A short visit to another tab is not worth a new connection. */
const CLOSE_WHEN_HIDDEN_MS = 5_000;
/**
 * The server sends a heartbeat every 15 s. No heartbeat for this long means a lost stream, e.g. behind a buffering proxy.
 */
const SILENCE_MS = 40_000;
/** After a refusal (too many streams, signed out) or silence. */
const TRY_AGAIN_MS = 30_000;
/** The data of a page that the server rendered is at most this old when the page begins to listen. */
const REMEMBERED_MS = 10_000;

/** `null`: everything may have changed. */
type Listener = (change: Change | null) => void;

let source: EventSource | undefined;
let cursor = "";
/** `connecting` until the first attempt has succeeded or failed. */
export type StreamState = "connecting" | "open" | "lost";

const state = createStore<StreamState>("connecting");
let silence: ReturnType<typeof setTimeout> | undefined;
let again: ReturnType<typeof setTimeout> | undefined;
let hiding: ReturnType<typeof setTimeout> | undefined;
const changes = new Set<Listener>();
let told: { change: Change | null; at: number }[] = [];

/** Keeps this tab's stream open while the caller is mounted. Used once, in the frame. */
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

/** Changes are reported as they happen only while it is `open`. */
export const useStreamState = () => state.use();

/**
 * Calls the listener on every change until the returned function is called. Begins with the most recent changes, which the
 * page may have been rendered without.
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
    // Anything may have changed between the server's rendering of the page and now.
    if (first) tell(null);
  });
  listen("change", (data) => tell(JSON.parse(data)));
  listen("reset", () => tell(null));
  listen("beat", () => {});
  source.onerror = () => {
    state.set("lost");
    // In all other states the browser reconnects by itself.
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
