import type { ChannelRefusals } from "@/lib/refusals";
import type { ProblemsOf } from "./problems-of";

export const channelProblems: ProblemsOf<ChannelRefusals> = {
  no_such_channel: { status: 404, title: "There is no such channel.", detail: "Ids look like ch_12." },
  channel_changed_meanwhile: {
    status: 409,
    title: "This channel was changed after you loaded it.",
    detail: "Reload it, then change it: `version` must be the current one.",
    field: "version",
  },
  no_channel_encryption: {
    status: 503,
    title: "Channels cannot be changed: ENCRYPTION_KEY is not set.",
    detail: "It encrypts their secrets. An operator makes one with `openssl rand -base64 32` and starts Redrive again.",
  },
  bad_channel_url: (fault) => ({ status: 400, field: "settings", ...fault }),
  preferences_need_person: {
    status: 403,
    title: "This token belongs to no person.",
    detail: "Preferences are of the person who is signed in, or who made the token.",
  },
};
