"use client";

import { createContext, useContext } from "react";
import { withTickets } from "@/lib/contract/tickets";
import { InertText } from "./inert-text";

/** Where tickets are, `https://…/{id}`, as TICKET_URL_TEMPLATE says; null: ids of tickets are no links. */
export const TicketTemplate = createContext<string | null>(null);

/** What a member of the staff wrote, with the tickets that it names as links. */
export function StaffText({ text }: { text: string }) {
  const parts = withTickets(text, useContext(TicketTemplate));
  let at = 0;
  return parts.map(({ text: part, href }) => {
    const key = at;
    at += part.length;
    return href === undefined ? (
      <InertText key={key} text={part} />
    ) : (
      <a key={key} href={href} target="_blank" rel="noreferrer" className="text-accent hover:underline">
        {part}
      </a>
    );
  });
}
