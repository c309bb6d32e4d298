/** How many items are worked on at once, and how far apart they begin. */
const AT_ONCE = 4;
const GAP_MS = 100;

/**
 * Works on many items, some at once, no faster than ten a second: SageMaker and Application Auto
 * Scaling throttle an account's reads, and the service needs its share of them.
 * @param onDone hears after each item how many are done
 */
export async function paced<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  sleep: (milliseconds: number) => Promise<void>,
  onDone: (done: number) => void = () => {},
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  let next = 0;
  let done = 0;
  let turn = Promise.resolve();
  const worker = async () => {
    while (next < items.length) {
      const index = next;
      next += 1;
      const mine = turn;
      if (index + 1 < items.length) turn = mine.then(() => sleep(GAP_MS));
      await mine;
      results[index] = await work(items[index] as Item);
      done += 1;
      onDone(done);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
  return results;
}
