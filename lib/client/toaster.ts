/** Toasts come seconds after the first paint, if at all: their code is loaded with the first. */
import { createStore } from "./store";

const wanted = createStore(false);
let tellMounted: () => void;
const mounted = new Promise<void>((resolve) => {
  tellMounted = resolve;
});

/** Sonner's `toast`, once there is something on the page that shows what it says. */
export async function loadToast() {
  wanted.set(true);
  const [{ toast }] = await Promise.all([import("sonner"), mounted]);
  return toast;
}

/** Whether there is something to say. */
export const useToasterWanted = () => wanted.use();

/** Said by the toaster when it listens. */
export function toasterMounted(): void {
  tellMounted();
}
