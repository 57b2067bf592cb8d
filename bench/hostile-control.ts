/**
 * The control of `npm run bench:hostile`: a server that reads what a hostile caller sends and does nothing with it. What
 * genuine webhooks suffer while a caller talks to this server is due to the caller's own use of the machine, not to Redrive.
 */
import { spawn } from "node:child_process";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { pathToFileURL } from "node:url";
import { ROOT } from "../lib/db/supabase-cli";

/** Starts it in a process of its own. Its address, and how to end it. */
export async function startControl(): Promise<{ url: string; stop(): void }> {
  const child = spawn(process.execPath, ["--import", "tsx", "bench/hostile-control.ts"], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
  });
  process.once("exit", () => child.kill("SIGKILL"));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding("utf8").once("data", (printed: string) => resolve(printed.trim()));
    child.once("exit", () => reject(new Error("The control did not start.")));
  });
  return { url, stop: () => void child.kill("SIGKILL") };
}

function main(): void {
  const server = http.createServer((request, response) => {
    request.on("error", () => {}).resume();
    request.once("end", () => {
      response.setHeader("content-type", "application/json");
      response.end('{"csrfToken":"none"}');
    });
  });
  server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) main();
