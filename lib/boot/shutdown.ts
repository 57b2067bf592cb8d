/** The orderly end: what was started is stopped in reverse order, within 30 seconds; the second Ctrl-C ends at once. */
import { log, logError, surviveLostLog } from "../log";

const LIMIT_MS = 29_000;
/** npm passes a Ctrl-C on although the terminal sent it to us already: that echo is not a second one. */
const ECHO_MS = 1_000;

const steps: { name: string; stop: () => Promise<unknown> }[] = [];
let startedAt = 0;
let ending: Promise<never> | undefined;

/** Registers how to stop something that was just started. */
export function onShutdown(name: string, stop: () => Promise<unknown>): void {
  steps.push({ name, stop });
}

/** Starts listening for SIGTERM and SIGINT. Call it before anything is started. */
export function shutDownOnSignals(): void {
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => onSignal(signal));
}

/** Stops everything and ends the process. One step that fails does not keep the next from being taken. */
export function shutDown(exitCode: number): Promise<never> {
  // A start that a signal interrupts fails too: it joins the end that is under way.
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
    void shutDown(0);
  } else if (signal === "SIGINT" && Date.now() - startedAt > ECHO_MS) {
    process.exit(130);
  }
}

/**
 * What nobody caught. A forgotten promise and a broken connection without a listener leave everything else intact: their
 * own caller has failed already. After any other exception nothing is certain, and the database holds all that matters.
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
