/**
 * The slots of one kind of delivery in this process: how many run at a time, and for which endpoints. Endpoints that hang,
 * in any number, must not take slots from those that answer. So slow endpoints have slots of their own, and a late delivery
 * gives its slot back before it ends.
 */
import type { Work } from "./claim";

/** After this long in flight a delivery counts as late. A healthy endpoint usually answers in a tenth of it. */
const LATE_MS = 500;
/**
 * Including late deliveries, at most this many times the slots may be in flight: a late one costs a socket and its body, not
 * a slot.
 */
const MOST_LATE = 16;
/** A larger body counts towards two limits: the bytes in flight at a time, and the bytes of one claim. */
const HEAVY_BYTES = 64 * 1024;
const MOST_HEAVY_BYTES = 64 * 1024 * 1024;
const MOST_HEAVY_BYTES_AT_ONCE = 8 * 1024 * 1024;

type Pace = Work["pace"];

export interface Slots {
  /** What the next claim may take. */
  free(): Free;
  /** Counts a delivery until the returned function is called. `onLate` is called when it gives its slot back before that. */
  take(work: Work, onLate: () => void): () => void;
  /** How many deliveries hold a slot of the proven endpoints. */
  taken(): number;
  readonly inFlight: ReadonlySet<Work>;
}

export interface Free {
  /** Slots for endpoints that have answered … */
  proven: number;
  /** … and separate ones for endpoints that have not yet answered, and for slow ones. */
  shares: { unproven: number; slow: number; slow_slots: number; late: number[] };
  /** Bytes of large bodies. */
  bytes: number;
}

/** Rows never hang, so all are proven and none is ever late. */
export function createSlots(slots: number, kind: Work["destination"]["kind"]): Slots {
  const inFlight = new Set<Work>();
  const taken: Record<Pace, number> = { proven: 0, unproven: 0, slow: 0 };
  const late = new Map<number, number>();
  let heavyBytes = 0;

  return {
    inFlight,
    taken: () => taken.proven,
    free() {
      const atMost = Math.max(0, MOST_LATE * slots - inFlight.size);
      const left = (of: number, pace: Pace) => Math.min(atMost, Math.max(0, of - taken[pace]));
      return {
        proven: left(slots, "proven"),
        shares: {
          unproven: kind === "tables" ? 0 : left(Math.ceil(slots / 2), "unproven"),
          slow: kind === "tables" ? 0 : left(slots, "slow"),
          slow_slots: slots,
          late: [...late.keys()],
        },
        bytes: Math.min(MOST_HEAVY_BYTES_AT_ONCE, Math.max(0, MOST_HEAVY_BYTES - heavyBytes)),
      };
    },
    take(work, onLate) {
      const bytes = work.event.body.length > HEAVY_BYTES ? work.event.body.length : 0;
      const { id } = work.destination;
      let pace = work.pace;
      let isLate = false;
      inFlight.add(work);
      heavyBytes += bytes;
      taken[pace] += 1;
      const timer = setTimeout(() => {
        isLate = true;
        late.set(id, (late.get(id) ?? 0) + 1);
        taken[pace] -= 1;
        pace = "slow";
        taken[pace] += 1;
        onLate();
      }, LATE_MS);
      if (kind === "tables") clearTimeout(timer);
      return () => {
        clearTimeout(timer);
        inFlight.delete(work);
        heavyBytes -= bytes;
        taken[pace] -= 1;
        if (!isLate) return;
        const left = (late.get(id) ?? 1) - 1;
        if (left > 0) late.set(id, left);
        else late.delete(id);
      };
    },
  };
}
