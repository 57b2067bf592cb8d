/**
 * Collects items that arrive within the same few milliseconds into one call: one SQL statement, one commit, many answers.
 */

export interface BatcherOptions<Item, Result> {
  /** Does the work. Results are in the order of the items. */
  run: (items: Item[]) => Promise<Result[]>;
  /** The weight of an item. Default: 1. An item that weighs more than a whole batch goes alone. */
  weigh?: (item: Item) => number;
  /** The most items in a batch, by weight. */
  maxItems: number;
  /** Maximum time the first item waits before the batch is run, in milliseconds. */
  maxWaitMs: number;
  /** How many batches may run at the same time. */
  maxRunning: number;
  /** The most that may wait, by weight. Beyond this, items are refused at once. */
  maxWaiting: number;
  /** Whether no caller waits for an item any more: then it is dropped before its turn. */
  isLate?: (item: Item) => boolean;
}

export class BatcherFull extends Error {}

interface Waiting<Item, Result> {
  item: Item;
  weight: number;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * Returns `add(item)`, which resolves with the item's own result once its batch is done. When a batch fails with an error
 * that `mayBlameOneItem`, its items run again one by one, so that only the faulty one fails. Rejects with `BatcherFull` when
 * too much waits.
 */
export function createBatcher<Item, Result>(
  options: BatcherOptions<Item, Result>,
  mayBlameOneItem: (error: unknown) => boolean,
): (item: Item) => Promise<Result> {
  const waiting: Waiting<Item, Result>[] = [];
  let waitingWeight = 0;
  let running = 0;
  let timer: NodeJS.Timeout | undefined;

  function add(item: Item): Promise<Result> {
    if (waitingWeight >= options.maxWaiting) return Promise.reject(new BatcherFull("Too much is waiting."));
    const weight = options.weigh?.(item) ?? 1;
    return new Promise((resolve, reject) => {
      waiting.push({ item, weight, resolve, reject });
      waitingWeight += weight;
      if (waitingWeight >= options.maxItems) start();
      else timer ??= setTimeout(start, options.maxWaitMs);
    });
  }

  function start(): void {
    clearTimeout(timer);
    timer = undefined;
    while (waiting.length > 0 && running < options.maxRunning) {
      const batch = takeBatch();
      if (batch.length === 0) return;
      running += 1;
      void runBatch(batch).finally(() => {
        running -= 1;
        start();
      });
    }
  }

  function takeBatch(): Waiting<Item, Result>[] {
    dropLate();
    let weight = 0;
    const tooMany = waiting.findIndex((entry, index) => {
      weight += entry.weight;
      return index > 0 && weight > options.maxItems;
    });
    const batch = waiting.splice(0, tooMany < 0 ? waiting.length : tooMany);
    waitingWeight -= batch.reduce((sum, entry) => sum + entry.weight, 0);
    return batch;
  }

  function dropLate(): void {
    const { isLate } = options;
    if (!isLate) return;
    for (let at = waiting.length - 1; at >= 0; at -= 1) {
      const entry = waiting[at] as Waiting<Item, Result>;
      if (!isLate(entry.item)) continue;
      waiting.splice(at, 1);
      waitingWeight -= entry.weight;
      entry.reject(new BatcherFull("It was late before its turn."));
    }
  }

  async function runBatch(batch: Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await options.run(batch.map((entry) => entry.item));
      batch.forEach((entry, index) => {
        entry.resolve(results[index] as Result);
      });
    } catch (error) {
      if (batch.length > 1 && mayBlameOneItem(error)) {
        for (const entry of batch) await runBatch([entry]);
      } else {
        for (const entry of batch) entry.reject(error);
      }
    }
  }

  return add;
}
