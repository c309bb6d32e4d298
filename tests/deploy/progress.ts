/** Runs one step of the test and prints how it went. */
export async function step<T>(what: string, run: () => Promise<T>): Promise<T> {
  const from = performance.now();
  try {
    const result = await run();
    console.log(`  ok    ${what} (${((performance.now() - from) / 1000).toFixed(1)} s)`);
    return result;
  } catch (error) {
    console.log(`  FAIL  ${what}`);
    throw error;
  }
}

/** A heading above steps that belong together. */
export function section(title: string): void {
  console.log(`\n${title}`);
}
