/** Kept connections against nginx and HAProxy: their ends of idle and used-up connections fail no request, or hardly any. */
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { ask, told } from "../support/kept";
import { haveProxies, type ProxyServer, startHaproxy, startNginx } from "../support/proxies";

/** Sends `count` requests over each of `lines`, with a pause before each. Returns what was answered. */
async function load(url: string, lines: number, count: number, pause: (n: number) => number): Promise<string[]> {
  const answers: string[] = [];
  const line = async (of: number) => {
    for (let n = 0; n < count; n += 1) {
      const milliseconds = pause(of * count + n);
      if (milliseconds > 0) await wait(milliseconds);
      answers.push(told(await ask(url, { keptFor: url })));
    }
  };
  await Promise.all(Array.from({ length: lines }, (_, of) => line(of)));
  return answers;
}

const during = async (server: ProxyServer, work: (server: ProxyServer) => Promise<void>) => {
  try {
    await work(server);
  } finally {
    await server.stop();
  }
};

describe.skipIf(!haveProxies())("nginx", () => {
  test("that ends a connection after ten requests answers all of 800, ten on each", async () =>
    during(await startNginx("keepalive_requests 10;"), async ({ url }) => {
      const answers = await load(url, 8, 100, () => 0);
      const requests = answers.map((answer) => answer.split(" ").map(Number));
      expect(Math.max(...requests.map(([, number = 0]) => number))).toBe(10);
      expect(new Set(requests.map(([connection]) => connection)).size).toBeLessThan(120);
    }));

  test("that announces its patience of a second is not waited for", async () =>
    during(await startNginx("keepalive_timeout 1s 1s;"), async ({ url }) => {
      const answers = await load(url, 20, 2, () => 950);
      expect(answers.every((answer) => answer.endsWith(" 1"))).toBe(true);
    }));

  test("whose patience ends when the next request begins fails none in secret", async () =>
    during(await startNginx("keepalive_timeout 500ms;"), async ({ url }) => {
      const answers = await load(url, 40, 12, (n) => 480 + (n % 41));
      const failed = answers.filter((answer) => !/^\d+ \d+$/.test(answer));
      const again = answers.filter((answer) => /^\d+ (?!1$)\d+$/.test(answer)).length;
      console.log(`nginx: ${failed.length} of ${answers.length} failed, ${again} on a used connection`);
      expect(new Set(failed)).toEqual(new Set(failed.length > 0 ? ["connection_reset"] : []));
      expect(failed.length).toBeLessThan(10);
      expect(again).toBeGreaterThan(10);
    }));

  test("that is reloaded under load goes on", async () =>
    during(await startNginx(""), async ({ url, reload }) => {
      const reloading = setInterval(reload, 400);
      const answers = await load(url, 16, 150, (n) => n % 20);
      clearInterval(reloading);
      const failed = answers.filter((answer) => !/^\d+ \d+$/.test(answer));
      console.log(`nginx reloaded: ${failed.length} of ${answers.length} failed: ${[...new Set(failed)]}`);
      expect(failed.length).toBeLessThan(24);
    }));
});

describe.skipIf(!haveProxies())("HAProxy", () => {
  test("whose patience ends when the next request begins", async () =>
    during(await startHaproxy("300ms"), async ({ url }) => {
      const answers = await load(url, 40, 12, (n) => 280 + (n % 41));
      const failed = answers.filter((answer) => answer !== "ok");
      console.log(`HAProxy: ${failed.length} of ${answers.length} failed`);
      expect(new Set(failed)).toEqual(new Set(failed.length > 0 ? ["connection_reset"] : []));
      expect(failed.length).toBeLessThan(10);
    }));
});
