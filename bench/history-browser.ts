/** How long a person waits in the browser: from the click to the rows, against a started app. */
import { chromium, type Locator, type Page } from "playwright";
import { startApp } from "../tests/support/app";
import { browserFlags, findBrowser } from "../tests/support/browser";
import { APP_ENVIRONMENT } from "../tests/support/processes";
import type { Timer } from "./history";

/** How long a person reads a page with the pointer where they will click, so that the page has finished its own work. */
const LOOKED_MS = 400;

/** Walks the history of the database at `url`, and gives `time` the milliseconds of each step as the page saw them. */
export async function clickThrough(url: string, time: Timer): Promise<void> {
  const app = await startApp({ env: { ...APP_ENVIRONMENT, DATABASE_URL: url } });
  const browser = await chromium.launch({ executablePath: findBrowser(), args: browserFlags() });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(`${app.url}/sources`);
    await page.getByTestId("sign-in-email").fill(app.adminEmail);
    await page.getByTestId("sign-in-password").fill(app.adminPassword);
    await page.getByTestId("sign-in-submit").click();
    await page.waitForURL(`${app.url}/sources`);

    const rail = page.getByRole("navigation", { name: "Main" });
    const measureMachine = () =>
      time("how fast the machine is just now: ten million additions", () => page.evaluate(ADD));
    await measureMachine();
    await time("first page, from another page", async () => {
      await rail.getByRole("link", { name: "Sources" }).click();
      await page.waitForURL(`${app.url}/sources`);
      return untilRows(page, rail.getByRole("link", { name: "Events" }), "/events");
    });
    await page.getByLabel(/^Filter by status/).click();
    const tick = page.getByRole("checkbox", { name: "Dead" });
    await time("a filter set, and taken away", () => untilRows(page, tick));
    await page.keyboard.press("Escape");
    await page.goto(`${app.url}/events`);
    await time("one page older", () => untilRows(page, page.getByRole("link", { name: "Older" })));
    await time("one page newer", () => untilRows(page, page.getByRole("link", { name: "Newer" })));
    await measureMachine();
  } finally {
    await browser.close();
    await app.stop();
  }
}

/**
 * Milliseconds from the click's own time until the first frame that shows another first row, or rows at `path`, is painted,
 * measured inside of the page: what the driver needs to say so is not counted.
 */
async function untilRows(page: Page, target: Locator, path?: string): Promise<number> {
  await target.hover();
  await page.waitForTimeout(LOOKED_MS);
  await page.evaluate(WATCH.replace("WANTED", JSON.stringify(path ?? null)));
  // Not target.click(), which goes on to inspect the page while it works.
  await page.mouse.down();
  await page.mouse.up();
  return page.evaluate("window.waited");
}

/** Milliseconds of work that is always the same: hosts of virtual machines take and give half of their speed within minutes. */
const ADD = `{
  const started = performance.now();
  let sum = 0;
  for (let n = 0; n < 1e7; n += 1) sum += n % 7;
  sum > 0 ? performance.now() - started : Number.NaN;
}`;

/** As text: what the compiler adds to a function is unknown to the page. */
const WATCH = `{
  const wanted = WANTED;
  const first = () => document.querySelector("[data-event]")?.getAttribute("data-event");
  const before = first();
  window.waited = new Promise((resolve) => {
    let clicked = 0;
    document.addEventListener("click", (event) => { clicked ||= event.timeStamp; }, { capture: true, once: true });
    const look = () => {
      const there = wanted === null ? first() !== before : location.pathname === wanted;
      if (!(clicked > 0 && first() && there)) return void requestAnimationFrame(look);
      // Told after this frame is painted.
      const painted = new MessageChannel();
      painted.port1.onmessage = () => resolve(performance.now() - clicked);
      painted.port2.postMessage(null);
    };
    look();
  });
  // Or the driver would wait for the promise.
  null;
}`;
