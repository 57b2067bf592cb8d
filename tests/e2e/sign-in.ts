import { expect, type Page } from "playwright/test";
import type { RunningApp } from "../support/app";

/** Signs in as the administrator that the first start made, as a person does, and arrives at `path`. */
export async function signInAt(page: Page, app: RunningApp, path: string): Promise<void> {
  await page.goto(`${app.url}${path}`);
  await expect(page).toHaveURL(/\/sign-in/);
  await page.getByTestId("sign-in-email").fill(app.adminEmail);
  await page.getByTestId("sign-in-password").fill(app.adminPassword);
  await page.getByTestId("sign-in-submit").click();
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
