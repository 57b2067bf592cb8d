/** Redrive without server.ts: `next start` on the build, as a person may run it who knows only Next. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import net, { type AddressInfo } from "node:net";
import path from "node:path";
import { ROOT } from "../../lib/db/supabase-cli";
import { createTestDatabase } from "./postgres";
import { APP_ENVIRONMENT, until } from "./processes";

export interface NextStart {
  url: string;
  pid: number;
  databaseUrl: string;
  output(): string;
  close(): Promise<void>;
}

/** Needs a build: start an app with `openApp` first. */
export async function startNext(env: Record<string, string> = {}): Promise<NextStart> {
  const database = await createTestDatabase();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const bin = path.join(ROOT, "node_modules/next/dist/bin/next");
  const child = spawn(process.execPath, [bin, "start", "-p", String(port), "-H", "127.0.0.1"], {
    cwd: ROOT,
    env: {
      ...(Object.fromEntries(
        Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_ENV|PUBLIC_URL)/.test(name)),
      ) as NodeJS.ProcessEnv),
      ...APP_ENVIRONMENT,
      NODE_ENV: "production",
      NEXTAUTH_URL: url,
      DATABASE_URL: database.url,
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk) => {
      printed += chunk;
    });
  }
  process.once("exit", () => child.kill("SIGKILL"));
  await until(
    "next start answers",
    async () => {
      if (child.exitCode !== null) throw new Error(printed);
      return (await fetch(`${url}/api/webhooks/health`).catch(() => undefined))?.status === 200;
    },
    120_000,
  );
  return {
    url,
    pid: child.pid as number,
    databaseUrl: database.url,
    output: () => printed,
    close: () => close(child, database.drop),
  };
}

async function close(child: ChildProcess, drop: () => Promise<unknown>): Promise<void> {
  if (child.exitCode === null) {
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }
  await drop();
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
