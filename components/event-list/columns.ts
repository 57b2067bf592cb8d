/** The columns of the history: their width, and the window width from which each is shown. */
export const COLUMNS = {
  status: { title: "Status", className: "md:w-28", numeric: false },
  received: { title: "Received", className: "md:w-22", numeric: false },
  event: { title: "Event", className: "", numeric: false },
  key: { title: "Key", className: "md:max-lg:hidden lg:w-36", numeric: false },
  customer: { title: "Customer", className: "md:w-36 max-[96rem]:hidden", numeric: false },
  amount: { title: "Amount", className: "md:w-28 max-xl:hidden", numeric: true },
  organisation: { title: "Organisation", className: "md:w-36 max-[88rem]:hidden", numeric: false },
  company: { title: "Company", className: "md:w-32 max-xl:hidden", numeric: false, seldom: true },
  trust: { title: "Trust", className: "md:w-20 max-xl:hidden", numeric: false, seldom: true },
  size: { title: "Size", className: "md:w-20 max-xl:hidden", numeric: true, seldom: true },
  deliveries: { title: "Deliveries", className: "md:w-22", numeric: false },
  attempts: { title: "Attempts", className: "md:w-20 max-xl:hidden", numeric: true },
  error: { title: "Last error", className: "md:max-lg:hidden lg:w-36 xl:w-44", numeric: false },
} as const;

export type Column = keyof typeof COLUMNS;
