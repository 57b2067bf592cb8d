import type { ChangeEffect } from "@/lib/contract/vocabulary";

/** What a delivery did to a row. */
export const EFFECT: Record<ChangeEffect, { label: string; meaning: string; tone: string }> = {
  created: { label: "Created", meaning: "A new row.", tone: "text-green" },
  updated: { label: "Updated", meaning: "The row has new values.", tone: "text-blue" },
  unchanged: { label: "Already correct", meaning: "The row already had these values.", tone: "text-grey" },
  superseded: { label: "Superseded", meaning: "A newer event wrote the row, so it stays.", tone: "text-violet" },
};
