import { type KeyboardEvent, type PointerEvent, useState } from "react";

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1 };

/** Reads one of `length` steps, or selects some beside each other: by dragging, or by Shift with the arrow keys and Enter. */
export function useBrush(length: number, onSelect: (first: number, last: number) => void) {
  const [at, setAt] = useState<number | null>(null);
  const [anchor, setAnchor] = useState<number | null>(null);
  const rest = () => {
    setAt(null);
    setAnchor(null);
  };
  const within = (step: number) => Math.max(0, Math.min(length - 1, step));
  function under(event: PointerEvent<HTMLElement>) {
    const box = event.currentTarget.getBoundingClientRect();
    return within(Math.floor(((event.clientX - box.left) / box.width) * length));
  }
  function select(end: number | null) {
    if (end === null) return;
    const start = anchor ?? end;
    rest();
    onSelect(Math.min(start, end), Math.max(start, end));
  }
  return {
    /** The step under the pointer, or that the arrow keys reached. */
    at,
    brushed: at === null ? null : { first: Math.min(anchor ?? at, at), last: Math.max(anchor ?? at, at) },
    brushing: anchor !== null,
    handlers: {
      onPointerDown: (event: PointerEvent<HTMLElement>) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setAt(under(event));
        setAnchor(under(event));
      },
      onPointerMove: (event: PointerEvent<HTMLElement>) => setAt(under(event)),
      onPointerUp: (event: PointerEvent<HTMLElement>) => anchor !== null && select(under(event)),
      onPointerCancel: rest,
      onPointerLeave: () => anchor === null && setAt(null),
      onBlur: rest,
      onKeyDown: (event: KeyboardEvent) => {
        const by = STEPS[event.key];
        if (by !== undefined) {
          const next = within(at === null ? (by < 0 ? length - 1 : 0) : at + by);
          setAnchor(event.shiftKey ? (anchor ?? at ?? next) : null);
          setAt(next);
        } else if (event.key === "Enter" && at !== null) select(at);
        else if (event.key === "Escape" && at !== null) rest();
        else return;
        event.preventDefault();
      },
    },
  };
}
