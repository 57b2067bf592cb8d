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
}
