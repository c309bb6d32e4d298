import type { AddTagsInput, DeleteTagsInput, ListTagsInput } from '@aws-sdk/client-sagemaker';
import { pageOf, requireMembers } from '../input.ts';
import { type Operation, validationError } from '../service.ts';

/** Page sizes of ListTags (SageMaker API reference). */
const PAGES = { byDefault: 50, most: 100 };

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

/** The operations on the tags of any resource. */
export function tagOperations(tags: TagStore): Readonly<Record<string, Operation>> {
  return {
    AddTags: (input: AddTagsInput) => {
      requireMembers(input, ['ResourceArn', 'Tags']);
      tags.add(input.ResourceArn as string, input.Tags as Tag[]);
      return { Tags: tags.list(input.ResourceArn as string) };
    },
    DeleteTags: (input: DeleteTagsInput) => {
      requireMembers(input, ['ResourceArn', 'TagKeys']);
      tags.remove(input.ResourceArn as string, input.TagKeys as string[]);
      return {};
    },
    ListTags: (input: ListTagsInput) => {
      requireMembers(input, ['ResourceArn']);
      const { items, ...next } = pageOf(tags.list(input.ResourceArn as string), input, PAGES, () =>
        validationError('Invalid pagination token.'),
      );
      return { Tags: items, ...next };
    },
  };
}
