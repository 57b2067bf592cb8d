/** How wide each column of the list is, and from which window width on it is worth its room. */
export const REPLAY_COLUMNS = {
  status: { title: "Status", className: "md:w-28" },
  replay: { title: "Replay", className: "" },
  reason: { title: "Reason", className: "md:max-lg:hidden" },
  actor: { title: "Asked by", className: "md:w-36 md:max-xl:hidden" },
  progress: { title: "Progress", className: "md:w-56" },
  asked: { title: "Asked", className: "md:w-24" },
} as const;
