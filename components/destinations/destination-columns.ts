/** How wide each column of the list is, and from which window width on it is worth its room. */
export const DESTINATION_COLUMNS = {
  state: { title: "State", className: "md:w-44", numeric: false },
  destination: { title: "Destination", className: "", numeric: false },
  organisation: { title: "Organisation", className: "md:w-40 md:max-xl:hidden", numeric: false },
  rate: { title: "Success", className: "md:w-20", numeric: true },
  p95: { title: "p95", className: "md:w-18 md:max-lg:hidden", numeric: true },
  hours: { title: "24 hours", className: "md:w-32 md:max-lg:hidden", numeric: false },
  waiting: { title: "Waiting", className: "md:w-18", numeric: true },
  held: { title: "Held", className: "md:w-16", numeric: true },
  dead: { title: "Dead", className: "md:w-16", numeric: true },
} as const;
