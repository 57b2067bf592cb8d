/** Ids of tickets in what staff write become links. `TICKET_URL_TEMPLATE` says where a ticket is. */

/** What stands for the ticket's id in the template. */
const PLACE = "{id}";

/** `ABC-123` of Jira and Linear, `#123` of GitHub and Zendesk: not inside of a word, a path or a longer id. */
const TICKET = /(?<![\w#/&.@-])(?:[A-Z][A-Z0-9]{1,9}-\d{1,9}|#\d{1,9})(?![\w-])/g;

/** A part of a text: words, or a ticket with its address. */
export type TextPart = { text: string; href?: undefined } | { text: string; href: string };

/** A text in parts, in order. Without a valid template it is one part, so that nothing can become a link by mistake. */
export function withTickets(text: string, template: string | null): TextPart[] {
  if (template === null || !isTicketTemplate(template)) return [{ text }];
  const parts: TextPart[] = [];
  let from = 0;
  for (const { 0: ticket, index } of text.matchAll(TICKET)) {
    if (index > from) parts.push({ text: text.slice(from, index) });
    // `#123` is number 123 of its system.
    const id = encodeURIComponent(ticket.replace(/^#/, ""));
    parts.push({ text: ticket, href: template.replaceAll(PLACE, id) });
    from = index + ticket.length;
  }
  if (from < text.length || parts.length === 0) parts.push({ text: text.slice(from) });
  return parts;
}

/** An http(s) address with `{id}` behind its host, so that no text of a note decides which host a link leads to. */
export function isTicketTemplate(template: string): boolean {
  const before = template.indexOf(PLACE);
  if (before < 0 || !/^https?:\/\/[^/?#{}@\s]+[/?#]/i.test(template.slice(0, before + 1))) return false;
  return URL.canParse(template.replaceAll(PLACE, "1"));
}
