/**
 * Whose money a replay is about. A payment is told by several events, and by several objects: an invoice, its payment, the
 * charge, the checkout. It is added up once, by its newest state, whatever the number of events and destinations.
 */
import type { ReplayPreview } from "@/lib/contract/replays";
import { AMOUNT_KIND, type AmountKind } from "@/lib/contract/vocabulary";
import type { Money, Summary } from "@/lib/providers/provider";

/** One event of the replay with its facts. */
export interface Told {
  eventId: number;
  provider: string;
  organisationId: string | null;
  livemode: boolean | null;
  /** When it happened, ISO 8601. */
  at: string;
  summary: Summary;
}

/** Live and test mode apart. */
export function impactOf(told: readonly Told[]): ReplayPreview["impact"] {
  const once = [...new Map(told.map((event) => [event.eventId, event])).values()];
  const isTest = (event: Told) => event.livemode === false;
  return {
    ...addUp(once.filter((event) => !isTest(event))),
    test: addUp(once.filter(isTest)),
  };
}

function addUp(events: Told[]): Omit<ReplayPreview["impact"], "test"> {
  const customers = new Set(events.map(customerOf).filter((customer) => customer !== undefined));
  const payments = joinUnlinked(paymentsIn(newestStates(events)));
  const sums = new Map<string, Map<AmountKind, number>>();
  for (const { money } of payments) {
    const kinds = sums.get(money.currency) ?? new Map<AmountKind, number>();
    kinds.set(money.kind, (kinds.get(money.kind) ?? 0) + money.amount);
    sums.set(money.currency, kinds);
  }
  return {
    customers: customers.size,
    money: [...sums].map(([currency, kinds]) => ({
      currency,
      amount: [...kinds.values()].reduce((sum, amount) => sum + amount, 0),
    })),
    by_kind: [...sums].flatMap(([currency, kinds]) => [...kinds].map(([kind, amount]) => ({ currency, kind, amount }))),
  };
}

function customerOf({ provider, organisationId, summary }: Told): string | undefined {
  return summary.customerId === undefined ? undefined : JSON.stringify([provider, organisationId, summary.customerId]);
}

/** The state of one object, or of a payment: its newest one. */
interface State {
  money: Money;
  at: number;
  /** The kinds of objects that told it. */
  types: Set<string>;
  customer: string | undefined;
  /** Ids are compared within these. */
  owner: string;
}

/** Of states of one instant the more advanced one is the newer. */
const RANK: Record<AmountKind, number> = {
  open: 0,
  failed: 1,
  due: 2,
  authorised: 3,
  paid: 4,
  refunded: 5,
  disputed: 6,
  cancelled: 7,
};

function isNewer(one: State, other: State): boolean {
  return one.at !== other.at ? one.at > other.at : RANK[one.money.kind] > RANK[other.money.kind];
}

function newestStates(events: Told[]): State[] {
  const objects = new Map<string, State>();
  for (const event of events) {
    const { money, objectType = "" } = event.summary;
    if (!money) continue;
    const owner = JSON.stringify([event.provider, event.organisationId]);
    const state = { money, at: Date.parse(event.at), types: new Set([objectType]), customer: customerOf(event), owner };
    const known = objects.get(`${owner} ${money.object}`);
    if (!known || isNewer(state, known)) {
      const sameAs = [...(known?.money.sameAs ?? []), ...(money.sameAs ?? [])];
      objects.set(`${owner} ${money.object}`, { ...state, money: { ...money, sameAs } });
    } else {
      known.money = { ...known.money, sameAs: [...(known.money.sameAs ?? []), ...(money.sameAs ?? [])] };
    }
  }
  return [...objects.values()];
}

/** One state per payment: objects that name each other, or the same third one, are one payment. */
function paymentsIn(objects: State[]): State[] {
  const leaders = new Map<string, string>();
  const leaderOf = (name: string): string => {
    const leader = leaders.get(name) ?? name;
    if (leader === name) return name;
    const first = leaderOf(leader);
    leaders.set(name, first);
    return first;
  };
  for (const { owner, money } of objects) {
    for (const other of money.sameAs ?? []) {
      leaders.set(leaderOf(`${owner} ${money.object}`), leaderOf(`${owner} ${other}`));
    }
  }
  const payments = new Map<string, State[]>();
  for (const state of objects) {
    const name = leaderOf(`${state.owner} ${state.money.object}`);
    payments.set(name, [...(payments.get(name) ?? []), state]);
  }
  return [...payments.values()].flatMap((states) => stateOfPayment(states) ?? []);
}

/** Two refunds of one payment are added up; the same payment as charge and as invoice is not. */
function stateOfPayment(states: State[]): State | undefined {
  const counting = states.filter(({ money }) => AMOUNT_KIND[money.kind].counts);
  const newest = counting.reduce<State | undefined>(
    (best, state) => (!best || isNewer(state, best) ? state : best),
    undefined,
  );
  if (!newest) return undefined;
  const alike = counting.filter(({ types, money }) => same(types, newest.types) && money.kind === newest.money.kind);
  const amount = alike.reduce((sum, { money }) => sum + money.amount, 0);
  const whole = Math.max(...states.map(({ money }) => money.whole ?? money.amount));
  const types = new Set(states.flatMap((state) => [...state.types]));
  const customer = states.map((state) => state.customer).find((one) => one !== undefined);
  return { ...newest, customer, types, money: { ...newest.money, amount, whole } };
}

/** How far apart the events of one payment are that do not name each other. */
const APART_MS = 3_600_000;

/**
 * Since API version basil a Stripe invoice names no payment, and a payment no invoice. Objects of different kinds, of one
 * customer, about one amount, within an hour, are one payment; two of a kind are two.
 */
function joinUnlinked(payments: State[]): State[] {
  const joined: State[] = [];
  for (const payment of payments.toSorted((a, b) => a.at - b.at)) {
    const twin = joined.find((other) => isTwin(payment, other));
    if (!twin) {
      joined.push(payment);
      continue;
    }
    const newer = isNewer(payment, twin) ? payment : twin;
    Object.assign(twin, {
      at: Math.max(payment.at, twin.at),
      types: new Set([...payment.types, ...twin.types]),
      money: newer.money,
    });
  }
  return joined;
}

function isTwin(one: State, other: State): boolean {
  return (
    one.customer !== undefined &&
    one.customer === other.customer &&
    one.money.currency === other.money.currency &&
    (one.money.whole ?? one.money.amount) === (other.money.whole ?? other.money.amount) &&
    Math.abs(one.at - other.at) <= APART_MS &&
    [...one.types].every((type) => !other.types.has(type))
  );
}

function same(one: Set<string>, other: Set<string>): boolean {
  return one.size === other.size && [...one].every((name) => other.has(name));
}
