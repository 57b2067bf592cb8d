/** The distribution's nginx and HAProxy as endpoints: servers nobody here wrote, with short patience for idle connections. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { freePort } from "../../lib/db/embedded-postmaster";
import { until } from "./processes";

export interface ProxyServer {
  url: string;
  /** Asks it to end its processes gracefully and start new ones, as a deployment does. */
  reload(): void;
  stop(): Promise<void>;
}

/** Whether both are here. Installs the packages when we are root and they are missing. */
export function haveProxies(): boolean {
  const here = () => spawnSync("sh", ["-c", "command -v nginx && command -v haproxy"]).status === 0;
  if (here()) return true;
  if (process.platform !== "linux" || process.getuid?.() !== 0 || spawnSync("apt-get", ["--version"]).status !== 0)
    return false;
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  spawnSync("apt-get", ["update", "-qq"], { stdio: "ignore", env });
  spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "nginx-light", "haproxy"], {
    stdio: "ignore",
    env,
  });
  return here();
}

/** Answers with the number of the request on its connection. `settings` are directives of its server. */
export function startNginx(settings: string): Promise<ProxyServer> {
  return start("nginx", (port, directory) => [
    `daemon off; pid ${directory}/pid; error_log ${directory}/log; worker_processes 1; events { }
    http { access_log off; client_body_temp_path ${directory}/body; server { listen 127.0.0.1:${port}; ${settings}
    location / { return 200 "$connection $connection_requests"; } } }`,
    ["-p", directory, "-c", `${directory}/conf`],
  ]);
}

/** Closes connections that have been idle for `patience`. */
export function startHaproxy(patience: string): Promise<ProxyServer> {
  return start("haproxy", (port, directory) => [
    `defaults
  mode http
  timeout client 5s
  timeout http-keep-alive ${patience}
frontend endpoint
  bind 127.0.0.1:${port}
  http-request return status 200 content-type text/plain string ok
`,
    ["-W", "-f", `${directory}/conf`],
  ]);
}

async function start(program: string, configure: (port: number, directory: string) => [string, string[]]) {
  const directory = mkdtempSync(path.join(os.tmpdir(), `redrive-${program}-`));
  const port = await freePort();
  const [configuration, options] = configure(port, directory);
  writeFileSync(path.join(directory, "conf"), configuration);
  const child = spawn(program, options, { stdio: "ignore" });
  process.once("exit", () => child.kill("SIGTERM"));
  await until(`${program} listens`, () => isOpen(port));
  return {
    url: `http://127.0.0.1:${port}/hook`,
    reload: () => void child.kill(program === "nginx" ? "SIGHUP" : "SIGUSR2"),
    async stop() {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
