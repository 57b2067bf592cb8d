/** Finds a Chromium for the end-to-end tests, and installs one when the machine has none. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { chromium } from "playwright";

const INSTALLED = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const DIRECTORIES = ["/usr/bin", "/usr/local/bin", "/snap/bin", "/opt/google/chrome"];
const MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/** The browser's path: CHROMIUM_PATH, an installed one, Playwright's own, or the distribution's package when we are root. */
export function findBrowser(): string {
  const known = installedBrowser() ?? playwrightsOwn();
  if (known) return known;

  console.log("No Chromium found: downloading Playwright's own …");
  run(process.execPath, [path.resolve("node_modules/playwright/cli.js"), "install", "chromium"]);
  if (!playwrightsOwn() && process.getuid?.() === 0) {
    console.log("That failed: installing the distribution's chromium …");
    run("apt-get", ["update", "-qq"]);
    run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"]);
  }
  const got = playwrightsOwn() ?? installedBrowser();
  if (got) return got;
  throw new Error("There is no Chromium for the end-to-end tests: install one and set CHROMIUM_PATH to it.");
}

/** Quiet, offline, and without the sandbox, which root cannot use. */
export function browserFlags(): string[] {
  const quiet = ["--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
  return [...quiet, "--no-first-run", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])];
}

function installedBrowser(): string | undefined {
  const chosen = process.env.CHROMIUM_PATH;
  if (chosen && !existsSync(chosen)) throw new Error(`CHROMIUM_PATH is ${chosen}, where there is nothing.`);
  const candidates = DIRECTORIES.flatMap((directory) => INSTALLED.map((name) => path.join(directory, name)));
  return chosen || [...candidates, MAC].find((candidate) => existsSync(candidate));
}

function playwrightsOwn(): string | undefined {
  const own = chromium.executablePath();
  return own && existsSync(own) ? own : undefined;
}

function run(program: string, args: string[]): void {
  spawnSync(program, args, {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
}
