/** How long somebody waits in the browser: from the click to the rows, against a started app. */
import { chromium, type Page } from "playwright";
import { startApp } from "../tests/support/app";
import { browserFlags, findBrowser } from "../tests/support/browser";
import { APP_ENVIRONMENT } from "../tests/support/processes";
import type { Timer } from "./history";

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
    await time("first page, from another page", async () => {
      await rail.getByRole("link", { name: "Sources" }).click();
      await page.waitForURL(`${app.url}/sources`);
      return untilRows(page, () => rail.getByRole("link", { name: "Events" }).click(), "/events");
    });
    await page.getByLabel(/^Filter by status/).click();
    const tick = page.getByRole("checkbox", { name: "Dead" });
    await time("a filter set, and taken away", () =>
      untilRows(page, () => tick.click(), /* either address */ undefined),
    );
    await page.keyboard.press("Escape");
    await page.goto(`${app.url}/events`);
    await time("one page older", () =>
      untilRows(page, () => page.getByRole("link", { name: "Older" }).click(), undefined),
    );
    await time("one page newer", () =>
      untilRows(page, () => page.getByRole("link", { name: "Newer" }).click(), undefined),
    );
  } finally {
    await browser.close();
    await app.stop();
  }
}

/**
 * Milliseconds from the click's own time to the first frame that shows another first row, or rows at `path`, measured inside of
 * the page: what the driver needs to say so is not counted.
 */
async function untilRows(page: Page, click: () => Promise<void>, path: string | undefined): Promise<number> {
  await page.evaluate(WATCH.replace("WANTED", JSON.stringify(path ?? null)));
  await click();
  return page.evaluate("window.waited");
}

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
      if (clicked > 0 && first() && there) requestAnimationFrame((now) => resolve(now - clicked));
      else requestAnimationFrame(look);
    };
    look();
  });
  // Or the driver would wait for the promise.
  null;
}`;
