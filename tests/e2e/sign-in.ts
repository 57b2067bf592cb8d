import { expect, type Page } from "playwright/test";
import type { RunningApp } from "../support/app";
import { signIn } from "../support/sign-in";

type Account = Pick<RunningApp, "url" | "adminEmail" | "adminPassword">;

/**
 * Signs in as the administrator that the first start made and opens `path`, which answers to clicks and keys then. The
 * session comes over HTTP: the sign-in page has tests of its own (recover.spec.ts, settings.spec.ts).
 */
export async function signInAt(page: Page, app: Account, path: string): Promise<void> {
  const cookies = await signIn(app.url, app.adminEmail, app.adminPassword);
  await page.context().addCookies(
    cookies.split("; ").map((pair) => {
      const end = pair.indexOf("=");
      return { name: pair.slice(0, end), value: pair.slice(end + 1), url: app.url };
    }),
  );
  await page.goto(`${app.url}${path}`);
  await expect(page).toHaveURL(`${app.url}${path}`);
  await hydrated(page);
}

/** Waits until React has taken the page over. A link clicked before that is followed by the browser, and a key does nothing. */
export async function hydrated(page: Page): Promise<void> {
  const search = page.getByTestId("search-input");
  await expect(async () => {
    await page.keyboard.press("Control+k");
    await expect(search).toBeFocused({ timeout: 2_000 });
  }).toPass();
  await page.keyboard.press("Escape");
  await expect(search).toHaveCount(0);
}
