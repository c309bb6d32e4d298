import { readFileSync } from 'node:fs';
import {
  type CollectionTag,
  isNode,
  LineCounter,
  Pair,
  parseDocument,
  Scalar,
  type ScalarTag,
  YAMLMap,
} from 'yaml';

/** A parsed YAML file that still knows where its parts stand. */
export interface YamlSource {
  readonly content: unknown;
  /** `file:line: functions.alarm.events[0]`, as near to the path as the file goes. */
  where(path: readonly PropertyKey[]): string;
}

/** CloudFormation's short forms and what they stand for. */
const FUNCTIONS = [
  ...['Sub', 'GetAtt', 'Join', 'Select', 'Split', 'ImportValue', 'FindInMap'],
  ...['If', 'Not', 'Equals'],
];

const customTags = [
  ...functionTags('!Ref', 'Ref'),
  ...FUNCTIONS.flatMap((name) => functionTags(`!${name}`, `Fn::${name}`)),
];

/** Reads a YAML file with CloudFormation's tags. Throws an Error that names file and line. */
export function readYaml(file: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(file, 'utf8'), {
    customTags,
    lineCounter: lines,
    merge: true,
  });
  const [fault] = [...document.errors, ...document.warnings];
  if (fault) throw new Error(`${file}: ${fault.message}`);
  return {
    content: document.toJS(),
    where(path) {
      for (let depth = path.length; depth >= 0; depth--) {
        const node = document.getIn(path.slice(0, depth), true);
        if (!isNode(node) || !node.range) continue;
        const { line } = lines.linePos(node.range[0]);
        return `${file}:${line}: ${pathText(path)}`;
      }
      return `${file}: ${pathText(path)}`;
    },
  };
}

/** How a file of the deploy tool names another one, and perhaps a key of it. */
export interface FileReference {
  readonly path: string;
  readonly key: string | undefined;
}

/** Takes `${file(path)}` or `${file(path):key}` apart; undefined for anything else. */
export function fileReference(value: unknown): FileReference | undefined {
  const [, path, key] = /^\$\{file\(([^)]+)\)(?::(\w+))?\}$/.exec(String(value)) ?? [];
  return path === undefined ? undefined : { path, key };
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '');
}

function functionTags(tag: string, name: string): (ScalarTag | CollectionTag)[] {
  const wrapped = (node: unknown) => {
    const map = new YAMLMap();
    map.items.push(new Pair(new Scalar(name), node));
    return map;
  };
  return [
    { tag, resolve: (text) => ({ [name]: text }) },
    { tag, collection: 'seq', resolve: wrapped },
    { tag, collection: 'map', resolve: wrapped },
  ];
}
