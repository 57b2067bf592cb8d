/**
 * `npm run shots [-- --only event,replays] [-- --readme]`: a screenshot of every page of the console, in both themes, wide
 * and on the phone, full and empty, and of what floats above pages. They land in .shots; with --readme the few that the
 * README shows land in public/screenshots. Check each by eye.
 */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import type { Page } from "playwright";
import { CHANNEL_KINDS } from "@/lib/contract/channel-words";
import { INCIDENT_SHOTS, SUPPORT_SHOTS } from "./incident-shots";
import { openShowroom, type Showroom } from "./showroom";

const WIDTHS = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;
const THEMES = ["light", "dark"] as const;
/** Where the README's pictures come from: wide, light. */
const README = {
  overview: "overview",
  events: "events",
  "event-dead": "event",
  "replay-sheet": "replay-sheet",
  replay: "replay",
};

const { values } = parseArgs({ options: { only: { type: "string" }, readme: { type: "boolean", default: false } } });
const only = values.only?.split(",");
const folder = path.resolve(values.readme ? "public/screenshots" : ".shots");
mkdirSync(folder, { recursive: true });

const room = await openShowroom();
try {
  await eachLook(room, async (page, look) => {
    for (const [name, address] of Object.entries(room.pages)) await shoot(page, look, name, address);
    await shootOverlays(page, look);
    if (!values.readme) await shootReconciliation(page, look);
    if (!values.readme) await shootEach(page, look, INCIDENT_SHOTS);
    if (!values.readme) await shootChannels(page, look);
    if (!values.readme) await shootAlerts(page, look);
  });
  const support = { open: room.openAsSupport, url: room.url };
  if (!values.readme) await eachLook(support, (page, look) => shootEach(page, look, SUPPORT_SHOTS));
  if (!values.readme) await shootRetention();
  if (!values.readme) await shootSignIn();
} finally {
  await room.close();
}
if (!values.readme && (!only || only.includes("empty"))) {
  const empty = await openShowroom({ empty: true });
  try {
    await eachLook(empty, async (page, look) => {
      for (const [name, address] of Object.entries(empty.pages)) await shoot(page, look, `empty-${name}`, address);
    });
  } finally {
    await empty.close();
  }
}

interface Look {
  theme: (typeof THEMES)[number];
  width: keyof typeof WIDTHS;
  url: string;
}

async function eachLook({ open, url }: Pick<Showroom, "open" | "url">, run: (page: Page, look: Look) => Promise<void>) {
  for (const theme of values.readme ? (["light"] as const) : THEMES) {
    for (const width of values.readme ? (["wide"] as const) : (["wide", "phone"] as const)) {
      const page = await open({ viewport: WIDTHS[width], colorScheme: theme, reducedMotion: "reduce" });
      await run(page, { theme, width, url });
      await page.context().close();
    }
  }
}

async function shoot(page: Page, look: Look, name: string, address: string, then?: (page: Page) => Promise<void>) {
  const file = fileOf(look, name);
  if (!file) return;
  await page.goto(look.url + address, { waitUntil: "load" });
  await page.waitForTimeout(700);
  await then?.(page);
  // A page that fits is taken as shown. Overlays are not repeated on a long one.
  await page.screenshot({ path: file, fullPage: !values.readme && !then });
}

/** What floats above pages: the palette, the help, the replay sheet. */
async function shootOverlays(page: Page, look: Look): Promise<void> {
  await shoot(page, look, "palette", "/events", async () => {
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.type("payment");
    await page.waitForTimeout(700);
  });
  await shoot(page, look, "keyboard-help", "/events", async () => {
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
  });
  await shoot(page, look, "replay-sheet", room.pages["events-filtered"] as string, async () => {
    for (const key of ["j", "x", "j", "x", "r"]) await page.keyboard.press(key);
    await page.getByRole("dialog").waitFor();
    await page.waitForTimeout(1_500);
  });
}

/** What floats above the pages of reconciliation. */
async function shootReconciliation(page: Page, look: Look): Promise<void> {
  const [list, run] = [room.pages.reconciliation as string, room.pages.run as string];
  await shoot(page, look, "reconciliation-check", list, async () => {
    await page.getByTestId("check-window").click();
    await page.getByRole("dialog").waitFor();
  });
  await shoot(page, look, "reconciliation-key", list, async () => {
    await page.getByTestId("edit-key").first().click();
    await page.getByRole("dialog").waitFor();
  });
  await shoot(page, look, "reconciliation-schedule", list, async () => {
    await page.getByTestId("edit-schedule").first().click();
    await page.getByRole("dialog").waitFor();
  });
  await shoot(page, look, "run-compare", run, async () => {
    for (const kind of ["missing", "drifted"]) {
      await page.getByTestId(`group-${kind}`).getByTestId("finding").first().getByRole("button").first().click();
    }
    await page.getByTestId("show-requests").click();
    await page.waitForTimeout(800);
    await page.getByTestId("group-missing").scrollIntoViewIfNeeded();
  });
  await shoot(page, look, "run-back-fill", run, async () => {
    await page.getByTestId("back-fill-all").click();
    await page.getByTestId("preview-outcome").waitFor();
  });
}

/** What opens on a page when its buttons are clicked, one after another. */
async function shootEach(page: Page, look: Look, shots: Record<string, readonly [page: string, ...clicks: string[]]>) {
  for (const [name, [on, ...clicks]] of Object.entries(shots)) {
    await shoot(page, look, name, room.pages[on] ?? "", async () => {
      for (const one of clicks) {
        const isOfMenu = one.endsWith("…");
        await (isOfMenu ? page.getByRole("menuitem", { name: one }) : page.getByTestId(one).first()).click();
      }
      if (clicks.length > 0) await page.getByRole("dialog").waitFor();
      await page.waitForTimeout(400);
    });
  }
}

/** What floats above the page of channels, and the options of a replay that say where a person is told. */
async function shootChannels(page: Page, look: Look): Promise<void> {
  for (const kind of CHANNEL_KINDS) {
    await shoot(page, look, `channel-add-${kind}`, "/alerts/channels", async () => {
      await page.getByTestId("add-channel").click();
      await page.getByTestId(`add-${kind}`).click();
      await page.getByRole("dialog").waitFor();
      await page.waitForTimeout(400);
    });
  }
  const act = async (name: string, action: string) => {
    await page.getByRole("button", { name: `Change ${name}` }).click();
    await page.getByRole("menuitem", { name: action }).click();
    await page.waitForTimeout(1_200);
  };
  const shots: [name: string, channel: string, action: string][] = [
    ["channel-edit", "#webhooks-alerts", "Edit…"],
    ["channel-test", "#webhooks-alerts", "Send a test"],
    ["channel-delete", "Status page", "Delete…"],
    ["channel-messages", "Nord Outfitters team", "Last messages"],
  ];
  for (const [name, channel, action] of shots) {
    await shoot(page, look, name, "/alerts/channels", () => act(channel, action));
  }
  await shoot(page, look, "replay-notify", room.pages["events-filtered"] as string, async () => {
    for (const key of ["j", "x", "j", "x", "r"]) await page.keyboard.press(key);
    await page.getByTestId("replay-how").click();
    await page.getByLabel("Tell me").selectOption("end");
    await page.getByTestId("notify-where").scrollIntoViewIfNeeded();
    await page.waitForTimeout(800);
  });
}

/** What floats above the pages of alerts. */
async function shootAlerts(page: Page, look: Look): Promise<void> {
  const { alerts = "", alert = "", "alert-rules": rules = "" } = room.pages;
  const fromMenu = async (item: string) => {
    await page.getByTestId("alert-more").first().click();
    await page.getByRole("menuitem", { name: item }).click();
    await page.getByRole("dialog").waitFor();
    await page.waitForTimeout(400);
  };
  await shoot(page, look, "alert-silence", alert, () => fromMenu("Silence…"));
  await shoot(page, look, "alert-incident", alert, () => fromMenu("Open an incident…"));
  await shoot(page, look, "alert-acknowledge", alerts, async () => {
    await page.getByTestId("alert-acknowledge").first().click();
    await page.getByRole("dialog").waitFor();
  });
  await shoot(page, look, "alert-back-test", rules, async () => {
    await page.getByRole("button", { name: "More than 5 dead letters in an hour" }).click();
    await page.getByTestId("back-test").click();
    await page.getByTestId("back-test-result").getByText("Would").waitFor();
    await page.waitForTimeout(400);
  });
  await shoot(page, look, "alert-rule-new", rules, async () => {
    await page.getByTestId("rule-new").click();
    await page.getByRole("dialog").waitFor();
  });
}

/** The page of retention while its export fails, and its dialog. */
async function shootRetention(): Promise<void> {
  await room.sql`update retention_turn set problem = 'No space left on /var/redrive/exports (ENOSPC).'`;
  await eachLook(room, async (page, look) => {
    await shoot(page, look, "retention-failing", "/settings/retention");
    await shoot(page, look, "retention-change", "/settings/retention", async () => {
      await page.getByTestId("change-bodies").click();
      await page.getByRole("dialog").waitFor();
    });
  });
}

async function shootSignIn(): Promise<void> {
  for (const theme of THEMES) {
    for (const width of ["wide", "phone"] as const) {
      const page = await room.open({ viewport: WIDTHS[width], colorScheme: theme });
      await page.context().clearCookies();
      await shoot(page, { theme, width, url: room.url }, "sign-in", "/sign-in");
      await page.context().close();
    }
  }
}

function fileOf({ theme, width }: Look, name: string): string | undefined {
  if (values.readme)
    return name in README ? path.join(folder, `${README[name as keyof typeof README]}.png`) : undefined;
  if (only && !only.some((part) => name === part || (part === "empty" && name.startsWith("empty-")))) return undefined;
  return path.join(folder, `${name}-${width}-${theme}.png`);
}
