import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1 };
/** Moving the pointer further than this, in pixels, selects a range instead of clicking. */
const CLICK_PX = 6;

/** Adjacent steps, both ends included. */
export interface StepRange {
  first: number;
  last: number;
}

interface Options {
  /** Called with the clicked or entered step, or the selected range. Without it a chart is read-only. */
  onSelect?: (range: StepRange, line: string | null) => void;
  /** What lies under the pointer in a step, `y` pixels below the chart's head. */
  lineAt?: (step: number, y: number) => string | null;
}

/**
 * The cursor of a chart of `length` steps. The pointer or the arrow keys read a step; a click or Enter selects it; dragging,
 * or Shift with an arrow key, selects a range; Escape clears the cursor.
 */
export function useBucketCursor(length: number, { onSelect, lineAt }: Options = {}) {
  const [at, setAt] = useState<number | null>(null);
  const [line, setLine] = useState<string | null>(null);
  /** The step at which the range began. */
  const [anchor, setAnchor] = useState<number | null>(null);
  const pressed = useRef<{ x: number; step: number } | null>(null);

  const within = (step: number) => Math.max(0, Math.min(length - 1, step));
  function under({ currentTarget, clientX, clientY }: PointerEvent<HTMLElement>) {
    const box = currentTarget.getBoundingClientRect();
    const step = within(Math.floor(((clientX - box.left) / box.width) * length));
    return { step, line: lineAt?.(step, clientY - box.top) ?? null };
  }
  function rest() {
    pressed.current = null;
    setAt(null);
    setLine(null);
    setAnchor(null);
  }
  function select(end: number, on: string | null) {
    rest();
    onSelect?.(rangeOf(anchor ?? end, end), on);
  }
  return {
    /** The step under the pointer, or that the arrow keys reached. */
    at,
    line,
    /** The steps that Enter would select. */
    range: at === null ? null : rangeOf(anchor ?? at, at),
    isDrawing: anchor !== null,
    handlers: {
      onPointerDown: (event: PointerEvent<HTMLElement>) => {
        if (!onSelect || event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        pressed.current = { x: event.clientX, step: under(event).step };
      },
      onPointerMove: (event: PointerEvent<HTMLElement>) => {
        const place = under(event);
        setAt(place.step);
        setLine(place.line);
        const start = pressed.current;
        if (start && Math.abs(event.clientX - start.x) > CLICK_PX) setAnchor(start.step);
      },
      onPointerUp: (event: PointerEvent<HTMLElement>) => {
        if (!pressed.current) return;
        const place = under(event);
        select(place.step, place.line);
      },
      onPointerCancel: rest,
      onPointerLeave: rest,
      onBlur: rest,
      onKeyDown: (event: KeyboardEvent) => {
        const by = STEPS[event.key];
        if (by !== undefined) {
          const next = within((at ?? (by < 0 ? length : -1)) + by);
          setAnchor(onSelect && event.shiftKey ? (anchor ?? at ?? next) : null);
          setAt(next);
        } else if (event.key === "Enter" && at !== null && onSelect) select(at, line);
        else if (event.key === "Escape" && at !== null) rest();
        else return;
        event.preventDefault();
      },
    },
  };
}

function rangeOf(one: number, other: number): StepRange {
  return { first: Math.min(one, other), last: Math.max(one, other) };
}
