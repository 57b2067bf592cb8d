/** Ids of tickets become links, and nothing else does. */
import { describe, expect, test } from "vitest";
import { isTicketTemplate, withTickets } from "@/lib/contract/tickets";

const JIRA = "https://acme.atlassian.net/browse/{id}";
const links = (text: string, template: string | null = JIRA) =>
  withTickets(text, template).flatMap(({ text: part, href }) => (href === undefined ? [] : [[part, href]]));

describe("tickets", () => {
  test("are linked, and the text stays whole", () => {
    const text = "See ABC-123, then (#42) and XY2-7.";
    expect(links(text)).toEqual([
      ["ABC-123", "https://acme.atlassian.net/browse/ABC-123"],
      ["#42", "https://acme.atlassian.net/browse/42"],
      ["XY2-7", "https://acme.atlassian.net/browse/XY2-7"],
    ]);
    expect(
      withTickets(text, JIRA)
        .map(({ text: part }) => part)
        .join(""),
    ).toBe(text);
  });

  test.each([
    ["a word in small letters", "abc-123"],
    ["a part of a longer id", "evt_ABC-123, ABC-123-x, xABC-12"],
    ["an HTML character", "&#39;"],
    ["a path or an address", "https://x.example/ABC-123, me@ABC-1.example"],
    ["nothing", ""],
  ])("are not %s", (_what, text) => {
    expect(links(text)).toEqual([]);
    expect(withTickets(text, JIRA)).toEqual([{ text }]);
  });

  test("are not linked without a template, or with one that is none", () => {
    for (const template of [
      null,
      "javascript:alert('{id}')",
      "https://{id}.example/",
      "https://acme.example/",
      "//x/{id}",
    ]) {
      expect(links("ABC-123", template)).toEqual([]);
    }
  });
});

test("a template is an http(s) address with the id behind its host", () => {
  expect([JIRA, "http://tickets.internal:8080/show?id={id}", "https://x.example/#{id}"].map(isTicketTemplate)).toEqual([
    true,
    true,
    true,
  ]);
  const wrong = [
    "{id}",
    "ftp://x/{id}",
    "https://x.example{id}/",
    "https://u@x.example/{id}",
    "data:text/html,{id}",
    "https:///{id}",
  ];
  expect(wrong.filter(isTicketTemplate)).toEqual([]);
});
