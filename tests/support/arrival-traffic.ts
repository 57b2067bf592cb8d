/**
 * Traffic of webhooks whose truth is known: rates by hour of the week, with nights and weekends, and what varies around them.
 * Times are in hours from a Monday 00:00 UTC.
 */

/** What the rates are multiplied with in each hour of the week. */
const WEEKS: readonly ((hour: number, day: number) => number)[] = [
  () => 1,
  // An office, closed at night and on weekends.
  (hour, day) => (hour >= 8 && hour < 18 && day < 5 ? 1 : 0),
  // The same, where the weekend is Friday and Saturday.
  (hour, day) => (hour >= 6 && hour < 16 && (day < 4 || day === 6) ? 1 : 0),
  (hour, day) => (0.15 + Math.exp(-(((hour - 14) / 4) ** 2))) * (day < 5 ? 1 : 0.4),
  (hour, day) => (hour >= 7 && hour < 23 ? 1 : 0.02) * (day < 5 ? 1 : 0.6),
];

/** poisson: by chance alone. hours, days: the level of each goes up and down (negative binomial). bursts: some at once. */
const WAYS = ["poisson", "hours", "days", "bursts"] as const;

export interface TrafficSeries {
  name: string;
  /** What is true: events per hour, for each of the 168 hours of a week. */
  rates: number[];
  /** Arrivals of so many whole weeks, in order. */
  arrivals(weeks: number): number[];
}

/** Series of every week and every way, with 3.5 to 300 events a day. */
export function arrivalTraffic(count: number, random: () => number): TrafficSeries[] {
  return Array.from({ length: count }, (_, n) => {
    const week = WEEKS[n % WEEKS.length] as (typeof WEEKS)[number];
    const way = WAYS[Math.floor(n / WEEKS.length) % WAYS.length] as (typeof WAYS)[number];
    const perDay = 3.5 * (300 / 3.5) ** random();
    const shape = Array.from({ length: 168 }, (_, hour) => week(hour % 24, Math.floor(hour / 24)));
    const mean = shape.reduce((sum, one) => sum + one, 0) / 168;
    const rates = shape.map((one) => ((one / mean) * perDay) / 24);
    return { name: `${way}-${n}`, rates, arrivals: (weeks) => arrivalsOf(rates, way, weeks, random) };
  });
}

function arrivalsOf(rates: number[], way: (typeof WAYS)[number], weeks: number, random: () => number): number[] {
  const times: number[] = [];
  let level = 1;
  const burst = way === "bursts" ? 2 + Math.floor(random() * 4) : 1;
  for (let hour = 0; hour < weeks * 168; hour += 1) {
    // A gamma of shape 5 and mean 1, as a sum of exponentials.
    const changes = way === "hours" || (way === "days" && hour % 24 === 0);
    if (changes) level = -Math.log(Array.from({ length: 5 }, () => 1 - random()).reduce((a, b) => a * b, 1)) / 5;
    const rate = ((rates[hour % 168] as number) * level) / burst;
    for (let n = poisson(rate, random); n > 0; n -= 1) {
      const at = hour + random();
      times.push(at);
      // The size of a burst is geometric, and it takes three minutes.
      while (random() > 1 / burst) times.push(Math.min(at + random() * 0.05, hour + 0.9999));
    }
  }
  return times.sort((a, b) => a - b);
}

function poisson(mean: number, random: () => number): number {
  let count = 0;
  for (let left = mean; left > 0; left -= 500) {
    const end = Math.exp(-Math.min(left, 500));
    for (let product = random(); product > end; product *= random()) count += 1;
  }
  return count;
}
