/** `npm run worker` with the client of log-provider.ts, in a process that a test may kill. */
import { findProvider } from "@/lib/providers";
import type { Provider } from "@/lib/providers/provider";
import { logApi } from "./log-provider";

(findProvider("stripe") as Provider).api = logApi;
await import("../../lib/boot/worker");
