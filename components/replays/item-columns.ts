/** The columns of a replay's items, and from which window width on a column is worth its room. */
export const ITEM_COLUMNS = {
  outcome: { title: "Outcome", className: "md:w-36" },
  event: { title: "Event and key", className: "md:w-64" },
  destination: { title: "Destination", className: "md:w-32 md:max-lg:hidden" },
  proof: { title: "Proof", className: "" },
  ended: { title: "Ended", className: "md:w-20 text-right max-md:text-left" },
} as const;
