import { useEffect, useState } from "react";

/** A shorter wait needs no indicator: a flash only distracts, and rendering it makes the wait longer. */
const LATE_MS = 200;

/** True once `waiting` has lasted for a while. */
export function useDelayedFlag(waiting: boolean): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!waiting) return;
    const timer = setTimeout(() => setLate(true), LATE_MS);
    return () => {
      clearTimeout(timer);
      setLate(false);
    };
  }, [waiting]);
  return late && waiting;
}
