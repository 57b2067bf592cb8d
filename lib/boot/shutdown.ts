/**
 * The orderly shutdown: everything is stopped in reverse order of its start, within 30 seconds. A second Ctrl-C ends at
 * once.
 */
import { startDraining } from "../draining";
import { environment } from "../env";
import { log, logError, surviveLostLog } from "../log";

const LIMIT_MS = 29_000;
/** npm passes a Ctrl-C on although the terminal sent it to us already: that echo does not count as a second one. */
const ECHO_MS = 1_000;

const steps: { name: string; stop: () => Promise<unknown> }[] = [];
let startedAt = 0;
let ending: Promise<never> | undefined;

/** Registers how to stop something that was just started. */
export function onShutdown(name: string, stop: () => Promise<unknown>): void {
  steps.push({ name, stop });
}

/**
 * Starts listening for SIGTERM and SIGINT. Call it before anything is started. For DRAIN_SECONDS everything goes on, and
 * only /api/health/ready says 503; then all is stopped.
 */
export function shutDownOnSignals(): void {
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => onSignal(signal));
}

/** Stops everything and ends the process. A step that fails does not prevent the next. */
export function shutDown(exitCode: number): Promise<never> {
  // A start that a signal interrupts fails too: it joins the shutdown under way.
  ending ??= stopEverything(exitCode);
  return ending;
}

async function stopEverything(exitCode: number): Promise<never> {
  startedAt = Date.now();
  setTimeout(() => process.exit(1), LIMIT_MS).unref();
  for (const { name, stop } of steps.splice(0).reverse()) {
    await stop().catch((error) => logError("shutdown", error, { step: name }));
  }
  log("shutdown", { decision: "done", ms: Date.now() - startedAt });
  process.exit(exitCode);
}

function onSignal(signal: string): void {
  if (startedAt === 0) {
    log("shutdown", { decision: "draining", signal });
    startDraining();
    startedAt = Date.now();
    const { DRAIN_SECONDS } = environment();
    if (DRAIN_SECONDS === 0 || signal === "SIGINT") void shutDown(0);
    else setTimeout(() => void shutDown(0), DRAIN_SECONDS * 1_000);
  } else if (signal === "SIGINT" && Date.now() - startedAt > ECHO_MS) {
    process.exit(130);
  }
}

/**
 * Uncaught errors. A forgotten promise and a broken connection without a listener leave everything else intact, because
 * their own caller has failed already. After any other exception the state is unknown, so the process ends: the database
 * holds all that matters.
 */
export function surviveWhatIsSafe(): void {
  surviveLostLog();
  process.on("unhandledRejection", (error) => logError("unhandled_rejection", error));
  process.on("uncaughtException", (error) => {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    const brokenConnection = /^(E(CONN|PIPE|HOST|NET|TIMEDOUT)|CONNECTION_|CONNECT_)/.test(code);
    logError("uncaught_exception", error, { code, stack: error.stack, decision: brokenConnection ? "kept" : "exit" });
    if (!brokenConnection) process.exit(1);
  });
}
