/** Each spec starts the app it needs with tests/support/app.ts, so there is no web server here. */
import { defineConfig } from "playwright/test";
import { browserFlags, findBrowser } from "../support/browser";

export default defineConfig({
  testDir: ".",
  testMatch: "**/*.spec.ts",
  globalSetup: "./build.ts",
  outputDir: "../../test-results",
  // A spec has an app and a database of its own.
  workers: 2,
  // Limits for hangs, not measurements: shared machines have taken five times as long as usual.
  timeout: 400_000,
  expect: { timeout: 45_000 },
  reporter: "list",
  use: {
    headless: true,
    viewport: { width: 1440, height: 900 },
    trace: { mode: "retain-on-failure", screenshots: false, sources: false },
    screenshot: "only-on-failure",
    launchOptions: { executablePath: findBrowser(), args: browserFlags() },
  },
});
