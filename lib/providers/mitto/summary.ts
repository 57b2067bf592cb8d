import type { SummarisedEvent, Summary } from "../provider";
import { readDlr } from "./rows";

/** A report is about the number that the message went to. */
export function mittoSummary({ payload, settings }: SummarisedEvent): Summary {
  const { receiver, reference } = readDlr(payload, settings);
  return {
    ...(receiver !== undefined && { customerId: receiver }),
    objectType: "message",
    searchable: [receiver, reference],
  };
}
