/** The scale of charts whose steps of time are equally wide, in percent of the width. */
import type { StepRange } from "./use-bucket-cursor";

/** The left edge of a step, in percent; `of` is the number of steps. */
export function leftOf(step: number, of: number): string {
  return `${(step / of) * 100}%`;
}

/** From the beginning of the first step to the end of the last. */
export function spanOf({ first, last }: StepRange, of: number): { x: string; width: string } {
  return { x: leftOf(first, of), width: leftOf(last - first + 1, of) };
}

/** The bar of a step. `gap` is the part of the step that stays free. */
export function barOf(step: number, of: number, gap: number): { x: string; width: string } {
  return { x: leftOf(step + gap / 2, of), width: leftOf(1 - gap, of) };
}

/** The middle of a range, from 0 at the left edge to 1 at the right. */
export function middleOf({ first, last }: StepRange, of: number): number {
  return (first + last + 1) / 2 / of;
}
