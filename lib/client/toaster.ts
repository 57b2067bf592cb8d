/** Toasts appear seconds after the first paint, if at all, so their code is loaded with the first toast. */
import { createStore } from "./store";

const wanted = createStore(false);
let tellMounted: () => void;
const mounted = new Promise<void>((resolve) => {
  tellMounted = resolve;
});

/** Sonner's `toast`, once the toaster is mounted. */
export async function loadToast() {
  wanted.set(true);
  const [{ toast }] = await Promise.all([import("sonner"), mounted]);
  return toast;
}

/** Whether a toast is waiting to be shown. */
export const useToasterWanted = () => wanted.use();

/** Called by the toaster when it is ready. */
export function toasterMounted(): void {
  tellMounted();
}
