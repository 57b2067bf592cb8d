/** For the showroom: an incident in each state that incident-stories has not, a row each, so that each step has its picture. */
import type { addStages, log, setSteps } from "./incident-rows";

export interface StateStory {
  title: string;
  severity: string;
  provider: string;
  state: "recovering" | "verifying" | "closed_with_exceptions" | "reopened";
  /** The states of its events, again and again. */
  items: readonly string[];
  steps: Parameters<typeof setSteps>[2];
  stages?: Parameters<typeof addStages>[2];
  log?: Parameters<typeof log>[2];
}

const FOUND: StateStory["steps"] = {
  find_missing: ["done", { asked: 1, missing: 0 }],
  find_failed: ["done", { failed: 19 }],
  find_stale: ["done", { stale: 3, drifted: 2 }],
};
const PREVIEWED: StateStory["steps"] = {
  ...FOUND,
  preview: ["done", { to_run: 19, sampled_events: 19, effects: { created: 14, updated: 5 } }],
};
const DELIVERED: StateStory["steps"] = {
  ...PREVIEWED,
  canary: ["done", { total: 5, succeeded: 5 }],
  run: ["done", { succeeded: 14 }],
};
const STAGES: StateStory["stages"] = [
  ["completed", 5, 5, 0],
  ["completed", 14, 14, 0],
];

/** Each by the name of its page. Items without an event stay as they were found. */
export const STATE_STORIES: Record<string, StateStory> = {
  "incident-finding": {
    ...{ title: "Carrier reports of the night never came", severity: "P1", provider: "telnyx", state: "recovering" },
    items: ["affected"],
    steps: { find_missing: ["running", { asked: 1, missing: 4 }] },
  },
  "incident-drifted": {
    ...{ title: "A restored backup put subscriptions back", severity: "P2", provider: "stripe", state: "recovering" },
    items: ["affected"],
    steps: { ...FOUND, preview: ["running", {}] },
  },
  "incident-canary": {
    ...{ title: "The new Agent SDK lost its database", severity: "P1", provider: "chatwoot", state: "recovering" },
    items: ["affected", "affected", "affected", "recovered"],
    steps: { ...PREVIEWED, canary: ["running", { total: 10, succeeded: 6 }] },
    stages: [["paused", 10, 6, 0]],
  },
  "incident-stopped": {
    ...{ title: "Shop orders hit a full disk", severity: "P1", provider: "shopify", state: "recovering" },
    items: ["affected", "affected", "recovered"],
    steps: {
      ...PREVIEWED,
      canary: [
        "failed",
        { total: 5, succeeded: 1, failed: 4 },
        "4 of 5 failed: 503 Service Unavailable. Nothing else was delivered.",
      ],
    },
    stages: [["stopped", 5, 1, 4, "More than 20 % failed."]],
    log: [
      ["requested", "Asked an administrator to start the recovery: the disk is grown.", "Noor", "40 minutes"],
      [
        "declined",
        "Administrator declined what Noor asked for (recover): the endpoint still answers 503.",
        "Administrator",
        "35 minutes",
      ],
      ["requested", "Asked an administrator to start the recovery: it answers 200 now.", "Noor", "20 minutes"],
      ["approved", "Administrator approved what Noor asked for (recover): checked.", "Administrator", "18 minutes"],
    ],
  },
  "incident-verifying": {
    ...{
      title: "Smartlead replies were written to the old table",
      severity: "P3",
      provider: "smartlead",
      state: "verifying",
    },
    items: ["verified", "verified", "recovered"],
    steps: { ...DELIVERED, verify: ["running", {}] },
    stages: STAGES,
  },
  "incident-missing": {
    ...{ title: "SMS receipts are missing after the restore", severity: "P2", provider: "mitto", state: "verifying" },
    items: ["verified", "verified", "still_missing"],
    steps: { ...DELIVERED, verify: ["done", { verified: 4, still_missing: 2 }] },
    stages: STAGES,
  },
  "incident-exceptions": {
    ...{
      title: "HeyReach campaign of November",
      severity: "P4",
      provider: "heyreach",
      state: "closed_with_exceptions",
    },
    items: ["verified", "verified", "unrecoverable"],
    steps: {
      ...DELIVERED,
      verify: ["done", { verified: 4 }],
      evidence: ["done", { items: 6, requests: 2, replays: 2 }],
    },
    stages: STAGES,
    log: [
      [
        "accepted",
        "Administrator accepted that 2 events cannot be brought back: HeyReach keeps no texts.",
        "Administrator",
        "30 minutes",
      ],
    ],
  },
  "incident-reopened": {
    ...{ title: "Orders of one shop came back wrong", severity: "P2", provider: "shopify", state: "reopened" },
    items: ["verified", "verified", "recovered"],
    steps: {},
    log: [["reopened", "Reopened: the merchant still misses three orders, OPS-4802.", "Noor", "5 minutes"]],
  },
};
