import { validationError } from '../service.ts';
import { type AttributeValue, attributeOf, type Item } from './attribute-values.ts';

/** A document path: an attribute name, then map keys (strings) and list indexes (numbers). */
export type Path = readonly [string, ...(string | number)[]];

/** What the path leads to, or undefined. */
export function valueAt(item: Item, path: Path): AttributeValue | undefined {
  let value = attributeOf(item, path[0]);
  for (let depth = 1; value !== undefined && depth < path.length; depth++) {
    value = childOf(value, path[depth] as string | number);
  }
  return value;
}

function childOf(value: AttributeValue, step: string | number): AttributeValue | undefined {
  if (typeof step === 'number') return 'L' in value ? value.L[step] : undefined;
  return 'M' in value ? attributeOf(value.M, step) : undefined;
}

/**
 * A copy of `item` with `value` at `path`, or without the path when `value` is undefined.
 * Throws a ValidationException when the parent that should hold the last step is missing.
 */
export function withValueAt(item: Item, path: Path, value: AttributeValue | undefined): Item {
  const [name, ...rest] = path;
  if (rest.length === 0) return withEntry(item, name, value);
  return { ...item, [name]: changed(attributeOf(item, name), rest, value) };
}

function changed(
  parent: AttributeValue | undefined,
  steps: readonly (string | number)[],
  value: AttributeValue | undefined,
): AttributeValue {
  const [step, ...rest] = steps as [string | number, ...(string | number)[]];
  if (parent && typeof step === 'string' && 'M' in parent) {
    const below = rest.length === 0 ? value : changed(attributeOf(parent.M, step), rest, value);
    return { M: withEntry(parent.M, step, below) };
  }
  if (parent && typeof step === 'number' && 'L' in parent) {
    const below = rest.length === 0 ? value : changed(parent.L[step], rest, value);
    const list = [...parent.L];
    if (below === undefined) list.splice(step, 1);
    else list[Math.min(step, list.length)] = below;
    return { L: list };
  }
  throw validationError(
    'The document path provided in the update expression is invalid for update',
  );
}

function withEntry(map: Item, name: string, value: AttributeValue | undefined): Item {
  if (value !== undefined) return { ...map, [name]: value };
  const { [name]: _removed, ...rest } = map;
  return rest;
}

/** Only what the paths lead to, inside the maps and lists that hold it. */
export function project(item: Item, paths: readonly Path[]): Item {
  const result: Record<string, AttributeValue> = {};
  for (const name of new Set(paths.map((path) => path[0]))) {
    const tails = paths.filter((path) => path[0] === name).map((path) => path.slice(1));
    const kept = projectValue(attributeOf(item, name), tails);
    if (kept) result[name] = kept;
  }
  return result;
}

function projectValue(
  value: AttributeValue | undefined,
  tails: readonly (readonly (string | number)[])[],
): AttributeValue | undefined {
  if (!value || tails.some((tail) => tail.length === 0)) return value;
  const steps = new Set(tails.map((tail) => tail[0] as string | number));
  const below = (step: string | number) =>
    projectValue(
      childOf(value, step),
      tails.filter((tail) => tail[0] === step).map((tail) => tail.slice(1)),
    );
  if ('M' in value) {
    const kept = [...steps].map((step) => [step, below(step)] as const).filter(([, v]) => v);
    return kept.length === 0 ? undefined : { M: Object.fromEntries(kept) as Item };
  }
  const kept = [...steps].sort((a, b) => Number(a) - Number(b)).map(below);
  const list = kept.filter((element) => element !== undefined);
  return list.length === 0 ? undefined : { L: list };
}

/** Whether one path is the other or leads into it. */
export function overlap(a: Path, b: Path): boolean {
  const length = Math.min(a.length, b.length);
  for (let depth = 0; depth < length; depth++) if (a[depth] !== b[depth]) return false;
  return true;
}

/** `[a, b, [0]]`, the way DynamoDB words a path in a message. */
export function pathText(path: Path): string {
  return `[${path.map((step) => (typeof step === 'number' ? `[${step}]` : step)).join(', ')}]`;
}
