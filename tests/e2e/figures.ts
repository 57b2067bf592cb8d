/**
 * Every figure that pages show of deliveries, as data: where it is shown, and which API field must equal it. A new figure
 * is a line here, and the outage test compares it at each step. Long because it is a list.
 */
import { expect, type Locator, type Page } from "playwright/test";
import { REPLAY_STATUS } from "@/lib/contract/replay-words";
import { DELIVERIES_PER_PAGE } from "../../lib/client/destinations";
import type { Analytics } from "../../lib/contract/analytics";
import type { DeadLetters, RailCounts } from "../../lib/contract/dead-letters";
import type { Destination, DestinationDelivery } from "../../lib/contract/destinations";
import type { EventDetail, EventSummary } from "../../lib/contract/events";
import type { Replay, ReplaySummary } from "../../lib/contract/replays";
import type { SourceProvider } from "../../lib/contract/sources";
import { DELIVERY_STATUS, EVENT_STATUS } from "../../lib/contract/vocabulary";

/** What the page must show: the whole text, a part of it, one text for each element, or nothing. */
type Shown = string | RegExp | (string | RegExp)[] | null;

export interface Figure {
  page: string;
  name: string;
  at: (page: Page) => Locator;
  api: string;
  says: (answer: never) => Shown;
}

/** Sums that must be equal, whichever API is asked. */
export interface Identity {
  name: string;
  of: { api: string; says: (answer: never) => number }[];
}

/** What the test knows about its outage. */
export interface Outage {
  /** `ds_3`. */
  destination: string;
  slug: string;
  /** Events whose page is opened. */
  events: string[];
  /** Replays whose page is opened. */
  replays: string[];
}

type Counted = Replay & { summary: ReplaySummary };

const ANALYTICS = "/api/webhooks/analytics?range=24h";
const DESTINATIONS = "/api/destinations";
const DEAD_LETTERS = "/api/dead-letters";
const REPLAYS = "/api/webhooks/replays";
const RAIL = "/api/rail";
const SOURCES = "/api/sources";
const EVENTS = "/api/webhooks/events?count=1";
const DEAD_EVENTS = "/api/webhooks/events?status=dead&count=1";
const WAITING_EVENTS = "/api/webhooks/events?delivery_status=pending,retrying&count=1";
const HELD_EVENTS = "/api/webhooks/events?delivery_status=held&count=1";

export function figuresOf({ destination, slug, events, replays }: Outage): Figure[] {
  const one = `${DESTINATIONS}/${destination}`;
  return [
    line("/?range=24h", "success rate", value("Success rate"), ANALYTICS, (a: Analytics) => percent(a.success_rate)),
    line("/?range=24h", "oldest due", value("Oldest due delivery"), ANALYTICS, ({ waiting }: Analytics) =>
      waiting.oldest_due_seconds === null ? "none" : /^\d/,
    ),
    line("/?range=24h", "what waits", below("Oldest due delivery"), ANALYTICS, ({ waiting }: Analytics) => {
      const [free, back] = [waiting.count - waiting.blocked, waiting.blocked + waiting.held];
      const parts = [free > 0 && `${thousands(free)} due or planned`, back > 0 && `${thousands(back)} held back`];
      return parts.filter(Boolean).join(" · ") || "nothing pending";
    }),
    line("/?range=24h", "dead letters", value("Dead letters"), DEAD_LETTERS, ({ total }: DeadLetters) =>
      thousands(total.events),
    ),
    line("/?range=24h", "rejected", value("Rejected"), SOURCES, ({ providers }: Sources) =>
      thousands(sum(providers, ({ rejections_24h }) => rejections_24h)),
    ),
    line("/?range=24h", "received", value("Received"), EVENTS, ({ total }: Total) => thousands(total)),
    line("/?range=24h", "replays under way", value("Active replays"), REPLAYS, ({ replays: all }: Replays) =>
      thousands(all.filter(isUnderWay).length),
    ),
    line("/?range=24h", "in trouble", value("Unhealthy destinations"), DESTINATIONS, (d: Destinations) =>
      thousands(d.destinations.filter(isInTrouble).length),
    ),
    line("/?range=24h", "the provider's row", cellsOf("table", slug), ANALYTICS, ({ providers }: Analytics) => {
      const { totals } = providers.find(({ provider }) => provider === slug) ?? { totals: null };
      return totals && [percent(totals.success_rate), /^/, ...counted(totals)];
    }),
    line("/?range=24h", "the row of all", cellsOf("table", "All"), ANALYTICS, ({ totals }: Analytics) => [
      percent(totals.success_rate),
      /^/,
      ...counted(totals),
    ]),
    line("/?range=24h", "newest replays", testIds("newest-replay-result"), REPLAYS, ({ replays: all }: Replays) =>
      all.slice(0, 4).map(resultOf),
    ),
    line("/?range=24h", "in the sidebar: dead letters", inSidebar("Dead letters"), RAIL, (rail: RailCounts) =>
      badge("Dead letters", rail.dead_letters),
    ),
    line("/?range=24h", "in the sidebar: replays", inSidebar("Replays"), RAIL, (rail: RailCounts) =>
      badge("Replays", rail.running_replays),
    ),
    line("/?range=24h", "in the sidebar: trouble", troubleInSidebar, DESTINATIONS, (d: Destinations) => {
      const troubled = d.destinations.filter(isInTrouble).length;
      return troubled > 0 ? [""] : [];
    }),
    line("/?range=24h", "needs attention", attention(slug), one, (d: Destination) =>
      isInTrouble(d) ? [new RegExp(`^${slug}: `)] : [],
    ),

    line("/events", "events", testIds("histogram-total"), EVENTS, ({ total }: Total) => plural(total, "event")),
    line("/events", "their states", statesOf("event-row"), "/api/webhooks/events", (list: Events) =>
      list.events.map(({ status }) => EVENT_STATUS[status].label),
    ),
    line("/events?status=dead", "dead events", testIds("histogram-total"), DEAD_LETTERS, ({ total }: DeadLetters) =>
      plural(total.events, "event"),
    ),
    line("/events?delivery_status=pending,retrying", "events that wait", testIds("histogram-total"), ANALYTICS, (a) =>
      plural((a as Analytics).waiting.count, "event"),
    ),

    line("/dead-letters", "in all", testIds("dead-letters-total"), DEAD_LETTERS, ({ total }: DeadLetters) =>
      total.groups === 0
        ? null
        : new RegExp(`^${thousands(total.deliveries)} dead deliver(y|ies).*, by ${plural(total.groups, "cause")}\\.$`),
    ),
    line("/dead-letters", "causes", headings("dead-letter-group"), DEAD_LETTERS, ({ groups }: DeadLetters) =>
      groups.map(({ count, destination: { name } }) => new RegExp(`^${thousands(count)} deliver(y|ies) to ${name}: `)),
    ),

    line("/destinations", "its row", cellsOfRow("destination-row", slug), DESTINATIONS, (d: Destinations) => {
      const { health, state } = d.destinations.find(({ id }) => id === destination) as Destination;
      const { success_rate, waiting, held, dead } = health;
      return [
        new RegExp(STATE[state] ?? state, "i"),
        new RegExp(`^${slug}`),
        /^/,
        success_rate === null ? "–" : percent(success_rate),
        /^/,
        /^/,
        thousands(waiting),
        thousands(held),
        thousands(dead),
        /^/,
      ];
    }),

    line(`/destinations/${destination}`, "success rate", value("Success rate"), one, ({ health }: Destination) =>
      percent(health.success_rate),
    ),
    line(`/destinations/${destination}`, "failures", below("Success rate"), one, ({ health }: Destination) => {
      const all = health.succeeded + health.failed;
      return all === 0 ? "nothing sent in 24 h" : `${thousands(health.failed)} of ${thousands(all)} failed`;
    }),
    line(`/destinations/${destination}`, "in a row", value("Failures in a row"), one, ({ health }: Destination) =>
      thousands(health.consecutive_failures),
    ),
    line(
      `/destinations/${destination}`,
      "circuit",
      value("Circuit"),
      one,
      ({ health }: Destination) => ({ closed: "Closed", open: "Open", half_open: "Half open" })[health.breaker],
    ),
    line(`/destinations/${destination}`, "what waits", testIds("destination-trouble"), one, (d: Destination) => {
      if (d.hold?.why === "circuit" && d.health.waiting > 0) return new RegExp(plural(d.health.waiting, "deliver"));
      if (d.health.held > 0 && d.hold) return new RegExp(`${thousands(d.health.held)} deliver(y|ies) held`);
      return d.hold ? /./ : isInTrouble(d) || d.state === "slow" ? /./ : null;
    }),
    line(
      `/destinations/${destination}`,
      "what failed",
      testIds("destination-replay"),
      one,
      ({ health }: Destination) => (health.dead > 0 ? new RegExp(` ${thousands(health.dead)}$`) : null),
    ),
    line(
      `/destinations/${destination}`,
      "deliveries",
      statesOf("destination-delivery", "delivery-status"),
      `${one}/deliveries?limit=${DELIVERIES_PER_PAGE}`,
      (list: { deliveries: DestinationDelivery[] }) =>
        list.deliveries.map(({ status }) => DELIVERY_STATUS[status].label),
    ),

    ...events.flatMap((id) => {
      const [page, api] = [`/events/${id}`, `/api/webhooks/events/${id}`];
      return [
        line(
          page,
          "state",
          (p) => p.getByTestId("event-status").first(),
          api,
          ({ status }: EventDetail) => EVENT_STATUS[status].label,
        ),
        line(
          page,
          "attempts",
          fact("Attempts"),
          api,
          ({ attempt_count }: EventDetail) => new RegExp(`^${thousands(attempt_count)}(replayed|$)`),
        ),
        line(
          page,
          "deliveries",
          (p) => timeline(p).getByTestId("delivery-status"),
          api,
          (event: EventDetail) => event.deliveries.map(({ status }) => DELIVERY_STATUS[status].label),
        ),
        line(
          page,
          "what holds it",
          (p) => timeline(p).getByTestId("hold"),
          api,
          (event: EventDetail) => event.deliveries.filter(isHeldBack).map(() => /./),
        ),
      ];
    }),

    line("/replays", "results", testIds("replay-result"), REPLAYS, ({ replays: all }: Replays) => all.map(resultOf)),
    line("/replays", "states", statesOf("replay-row", "replay-status"), REPLAYS, ({ replays: all }: Replays) =>
      all.map(({ status }) => REPLAY_STATUS[status].label),
    ),
    ...replays.flatMap((id) => {
      const [page, api] = [`/replays/${id}`, `${REPLAYS}/${id}`];
      return [
        line(
          page,
          "state",
          (p) => p.getByTestId("replay-status").first(),
          api,
          ({ status }: Counted) => REPLAY_STATUS[status].label,
        ),
        line(
          page,
          "progress",
          (p) => p.getByLabel("Progress").first().locator("p > span").first(),
          api,
          (r: Counted) => {
            const underWay = hasEnded(r) ? "still to end" : "in progress";
            const more = r.in_progress > 0 ? `, ${thousands(r.in_progress)} ${underWay}` : "";
            return `${thousands(ended(r))} of ${thousands(r.total)} done${more}`;
          },
        ),
        ...(["changed", "already_correct", "superseded", "delivered", "failed", "skipped"] as const).map((outcome) =>
          line(
            page,
            outcome,
            (p) => p.getByTestId(`outcome-${outcome}`).locator("span").first(),
            api,
            (r: Counted) => thousands(r.summary.outcomes[outcome] ?? 0),
          ),
        ),
        line(
          page,
          "failures",
          (p) => p.getByTestId("failure-group").locator("p > span").first(),
          api,
          (r: Counted) => {
            const [first, ...others] = new Set(r.summary.failures.map(({ error_class }) => error_class));
            if (first === undefined) return null;
            const count = sum(r.summary.failures, (f) => (f.error_class === first ? f.count : 0));
            return others.length === 0 ? thousands(count) : /\d/;
          },
        ),
        line(page, "the trial in the heading", testIds("replay-verdict"), api, ({ summary: { trial } }: Counted) =>
          trial?.state === "failed" ? new RegExp(`Trial: ${trial.failed} of ${trial.size} failed`) : /./,
        ),
        line(page, "trial", testIds("trial"), api, ({ summary: { trial } }: Counted) => {
          if (!trial) return null;
          if (trial.state === "failed") return new RegExp(`^Trial: ${trial.failed} of ${trial.size} failed`);
          return trial.state === "passed" ? /^Trial passed/ : new RegExp(`^Trial: ${trial.succeeded} of ${trial.size}`);
        }),
      ];
    }),

    line("/sources", "traffic of Stripe", trafficOf("stripe"), SOURCES, ({ providers }: Sources) => {
      const stripe = providers.find(({ provider }) => provider === "stripe") as SourceProvider;
      return `${plural(stripe.events_24h, "event")}, ${thousands(stripe.rejections_24h)} rejected`;
    }),
  ];
}

export const IDENTITIES: Identity[] = [
  identity("deliveries that wait", [
    [ANALYTICS, ({ waiting }: Analytics) => waiting.count],
    [DESTINATIONS, (d: Destinations) => sum(d.destinations, ({ health }) => health.waiting)],
    [WAITING_EVENTS, ({ total }: Total) => total],
  ]),
  identity("deliveries that are held", [
    [ANALYTICS, ({ waiting }: Analytics) => waiting.held],
    [DESTINATIONS, (d: Destinations) => sum(d.destinations, ({ health }) => health.held)],
    [HELD_EVENTS, ({ total }: Total) => total],
  ]),
  identity("deliveries that are held back by their destination", [
    [ANALYTICS, ({ waiting }: Analytics) => waiting.blocked],
    [DESTINATIONS, (d: Destinations) => sum(d.destinations, ({ hold, health }) => (hold ? health.waiting : 0))],
  ]),
  identity("dead deliveries", [
    [DEAD_LETTERS, ({ total }: DeadLetters) => total.deliveries],
    [DEAD_LETTERS, ({ groups }: DeadLetters) => sum(groups, ({ count }) => count)],
    [DESTINATIONS, (d: Destinations) => sum(d.destinations, ({ health }) => health.dead)],
  ]),
  identity("dead events", [
    [DEAD_LETTERS, ({ total }: DeadLetters) => total.events],
    [ANALYTICS, ({ dead_letters }: Analytics) => dead_letters],
    [RAIL, ({ dead_letters }: RailCounts) => dead_letters],
    [DEAD_EVENTS, ({ total }: Total) => total],
  ]),
  identity("replays under way", [
    [RAIL, ({ running_replays }: RailCounts) => running_replays],
    [ANALYTICS, ({ running_replays }: Analytics) => running_replays],
    [REPLAYS, ({ replays }: Replays) => replays.filter(isUnderWay).length],
  ]),
  identity("rejected requests", [
    [ANALYTICS, ({ totals }: Analytics) => totals.rejected],
    [SOURCES, ({ providers }: Sources) => sum(providers, ({ rejections_24h }) => rejections_24h)],
  ]),
  identity("items of replays beyond their total", [
    [REPLAYS, ({ replays }: Replays) => replays.filter((r) => ended(r) + r.in_progress > r.total).length],
    [REPLAYS, () => 0],
  ]),
];

/** Compares all figures of each page, and the sums, when neither the page nor the API changes. */
export async function expectFiguresToAgree(page: Page, url: string, read: Read, outage: Outage): Promise<void> {
  await expect(async () => {
    for (const { name, of } of IDENTITIES) {
      const [first, ...others] = await Promise.all(of.map(async ({ api, says }) => says((await read(api)) as never)));
      for (const other of others) expect(other, name).toBe(first);
    }
  }).toPass({ timeout: 60_000 });
  const figures = figuresOf(outage);
  for (const address of new Set(figures.map((figure) => figure.page))) {
    await expect(async () => {
      await page.goto(`${url}${address}`);
      const answers = new Map<string, unknown>();
      for (const { name, at, api, says } of figures.filter((figure) => figure.page === address)) {
        if (!answers.has(api)) answers.set(api, await read(api));
        await expectShown(at(page), says(answers.get(api) as never), `${address}: ${name}`);
      }
      // Impossible texts: a next try in the past, more attempts than there are, or "until in 5 s".
      const main = page.locator("main");
      await expect(main).not.toContainText(/next (attempt )?\d+ \w+ ago|\bof \d+ used|until in /i, { timeout: 2_000 });
    }).toPass({ timeout: 120_000 });
  }
}

export type Read = (api: string) => Promise<unknown>;

/** What the API answers. On a busy machine that may be "try again" for a while, which is no figure. */
export async function readWhenAnswered<Answer>(url: string, authorization: string, limitMs = 120_000): Promise<Answer> {
  for (const giveUp = Date.now() + limitMs; ; await new Promise((resolve) => setTimeout(resolve, 250))) {
    const response = await fetch(url, { headers: { authorization } });
    if (response.ok) return (await response.json()) as Answer;
    if (![429, 503].includes(response.status) || Date.now() > giveUp) {
      throw new Error(`${url} answers ${response.status}: ${await response.text()}`);
    }
  }
}

async function expectShown(at: Locator, shown: Shown, name: string): Promise<void> {
  const timeout = 5_000;
  if (shown === null) return expect(at, name).toHaveCount(0, { timeout });
  if (!Array.isArray(shown)) return expect(at, name).toHaveText(shown, { timeout });
  return shown.length === 0
    ? expect(at, name).toHaveCount(0, { timeout })
    : expect(at, name).toHaveText(shown, { timeout });
}

type Total = { total: number };
type Sources = { providers: SourceProvider[] };
type Events = { events: EventSummary[] };
type Replays = { replays: Replay[] };
type Destinations = { destinations: Destination[] };

function line<Answer>(
  page: string,
  name: string,
  at: Figure["at"],
  api: string,
  says: (answer: Answer) => Shown,
): Figure {
  return { page, name, at, api, says: says as Figure["says"] };
}

function identity(name: string, of: [string, (answer: never) => number][]): Identity {
  return { name, of: of.map(([api, says]) => ({ api, says })) };
}

const tile = (page: Page, name: string) =>
  page.locator("main dl > div").filter({ has: page.locator("dt", { hasText: new RegExp(`^${name}$`) }) });
const value = (name: string) => (page: Page) => tile(page, name).locator("dd > span").first();
/** The words, not the line that is drawn next to them. */
const below = (name: string) => (page: Page) => tile(page, name).locator("dd > span").nth(1);
const fact = (name: string) => (page: Page) => tile(page, name).locator("dd");
const testIds = (id: string) => (page: Page) => page.getByTestId(id);
const headings = (id: string) => (page: Page) => page.getByTestId(id).locator("h2");
const statesOf =
  (row: string, state = "event-status") =>
  (page: Page) =>
    page.getByTestId(row).getByTestId(state);
const timeline = (page: Page) => page.getByRole("region", { name: "Timeline" });
const sidebar = (page: Page) => page.getByRole("navigation", { name: "Main" });
const inSidebar = (name: string) => (page: Page) => sidebar(page).getByRole("link", { name: new RegExp(`^${name}`) });
const troubleInSidebar = (page: Page) => sidebar(page).getByRole("img", { name: /in trouble$/ });
/** Of the row with this name, which the two letters of its mark may precede. */
const cellsOf = (table: string, row: string) => (page: Page) =>
  page
    .locator(`${table} tr`)
    .filter({ has: page.locator("th[scope=row]", { hasText: new RegExp(`^(?:\\w\\w)?${row}$`, "i") }) })
    .locator("td");
const cellsOfRow = (id: string, row: string) => (page: Page) =>
  page.getByTestId(id).filter({ hasText: row }).locator("td");
const attention = (name: string) => (page: Page) =>
  page
    .getByRole("region", { name: "Needs attention" })
    .locator("li p:first-child")
    .filter({ hasText: `${name}: ` });
const trafficOf = (provider: string) => (page: Page) =>
  page
    .getByTestId(`source-${provider}`)
    .locator("dt", { hasText: "24 hours" })
    .locator("xpath=following-sibling::dd[1]");

/** As components/status/destination-status.tsx writes them. */
const STATE: Partial<Record<Destination["state"], string>> = { open: "Circuit open", half_open: "Trying again" };

function isInTrouble({ state, disabled_because }: Destination): boolean {
  return ["failing", "open", "half_open"].includes(state) || (state === "disabled" && disabled_because !== null);
}

function isHeldBack({ hold, status }: EventDetail["deliveries"][number]): boolean {
  return hold !== null && ["pending", "retrying", "held"].includes(status);
}

function isUnderWay({ status }: Replay): boolean {
  return ["running", "queued", "paused"].includes(status);
}

function hasEnded(replay: Replay): boolean {
  return !isUnderWay(replay) && replay.status !== "draft";
}

function ended({ succeeded, failed, skipped }: Replay): number {
  return succeeded + failed + skipped;
}

/** What lists show of a replay, from the API's counts alone. */
function resultOf(replay: Replay): string {
  const { total, succeeded, failed } = replay;
  if (isUnderWay(replay)) return `${thousands(ended(replay))} of ${thousands(total)} done`;
  const ran = succeeded + failed;
  return ran === 0 ? "none ran" : `${thousands(succeeded)} of ${thousands(ran)} recovered`;
}

function counted({ received, delivered, failed, dead, rejected }: Analytics["totals"]): string[] {
  return [received, delivered, failed, dead, rejected].map(thousands);
}

function badge(name: string, count: number): string {
  return count > 0 ? `${name}${thousands(count)}` : name;
}

function sum<Item>(items: Item[], pick: (item: Item) => number): number {
  return items.reduce((total, item) => total + pick(item), 0);
}

function thousands(number: number): string {
  return new Intl.NumberFormat("en-GB").format(number);
}

function plural(number: number, noun: string): string {
  return `${thousands(number)} ${noun}${number === 1 || noun === "deliver" ? "" : "s"}`;
}

function percent(rate: number | null): string {
  if (rate === null) return "–";
  return rate === 100 ? "100 %" : `${Math.min(99.9, Math.round(rate * 10) / 10).toFixed(1)} %`;
}
