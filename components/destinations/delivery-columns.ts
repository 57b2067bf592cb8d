/** How wide each column of the recent deliveries is, and from which window width on it is worth its room. */
export const DELIVERY_COLUMNS = {
  status: { title: "Status", className: "md:w-26", numeric: false },
  event: { title: "Event", className: "", numeric: false },
  answer: { title: "Answer", className: "md:w-36 2xl:w-52", numeric: false },
  attempts: { title: "Attempts", className: "md:w-20 md:max-lg:hidden", numeric: true },
  duration: { title: "Took", className: "md:w-18", numeric: true },
  time: { title: "Ended", className: "md:w-24", numeric: true },
} as const;
