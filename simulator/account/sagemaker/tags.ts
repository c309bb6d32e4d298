/** A tag as on the wire. */
export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** The tags of all resources, by ARN. */
export class TagStore {
  readonly #byArn = new Map<string, Map<string, string>>();

  add(arn: string, tags: readonly Tag[] = []): void {
    const stored = this.#byArn.get(arn) ?? new Map<string, string>();
    for (const { Key, Value } of tags) stored.set(Key, Value);
    this.#byArn.set(arn, stored);
  }

  remove(arn: string, keys: readonly string[]): void {
    for (const key of keys) this.#byArn.get(arn)?.delete(key);
  }

  /** Forgets a resource. */
  drop(arn: string): void {
    this.#byArn.delete(arn);
  }

  list(arn: string): Tag[] {
    return Object.entries(this.map(arn)).map(([Key, Value]) => ({ Key, Value }));
  }

  map(arn: string): Record<string, string> {
    return Object.fromEntries(this.#byArn.get(arn) ?? []);
  }
}
