import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

/** A fenced block of code. */
export interface CodeBlock {
  readonly language: string;
  /** What follows the language: `parameter`, for example. */
  readonly mark: string;
  readonly line: number;
  readonly text: string;
}

/** One Markdown file, taken apart. */
export interface Page {
  /** Path from the root of the repository. */
  readonly path: string;
  readonly anchors: ReadonlySet<string>;
  readonly links: readonly { readonly line: number; readonly target: string }[];
  readonly blocks: readonly CodeBlock[];
  /** Code within a line. */
  readonly spans: readonly { readonly line: number; readonly text: string }[];
}

/** Every page that a user may read. */
export function documentation(): Page[] {
  const docs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file));
  const paths = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'client/README.md', ...docs];
  return paths.map((path) => readPage(path, readFileSync(join(ROOT, path), 'utf8')));
}

export function readPage(path: string, text: string): Page {
  const anchors = new Set<string>();
  const links: { line: number; target: string }[] = [];
  const blocks: CodeBlock[] = [];
  const spans: { line: number; text: string }[] = [];
  let open: { language: string; mark: string; line: number; lines: string[] } | undefined;
  for (const [i, line] of text.split('\n').entries()) {
    const [, info] = /^\s*```(.*)$/.exec(line) ?? [];
    if (info !== undefined) {
      if (open) {
        const { lines, ...block } = open;
        blocks.push({ ...block, text: lines.join('\n') });
        open = undefined;
      } else {
        const [language = '', ...mark] = info.trim().split(/\s+/);
        open = { language, mark: mark.join(' '), line: i + 2, lines: [] };
      }
      continue;
    }
    if (open) {
      open.lines.push(line);
      continue;
    }
    const [, heading] = /^#{1,6} (.*)$/.exec(line) ?? [];
    if (heading !== undefined) anchors.add(unique(anchors, slug(heading)));
    for (const [, , code = ''] of line.matchAll(/(`+)(.+?)\1/g)) {
      spans.push({ line: i + 1, text: code.trim() });
    }
    const prose = line.replace(/(`+)(.+?)\1/g, '`code`');
    for (const [, target = ''] of prose.matchAll(/\]\(([^()\s]+)\)/g)) {
      links.push({ line: i + 1, target });
    }
  }
  if (open) throw new Error(`${path}:${open.line - 1}: a block of code is not closed`);
  return { path, anchors, links, blocks, spans };
}

/** As GitHub names a heading's anchor. */
function slug(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

function unique(taken: ReadonlySet<string>, name: string): string {
  if (!taken.has(name)) return name;
  let count = 1;
  while (taken.has(`${name}-${count}`)) count += 1;
  return `${name}-${count}`;
}

/** Links of a page into the repository that lead nowhere. */
export function deadLinks(page: Page, pages: readonly Page[]): string[] {
  return page.links.flatMap(({ line, target }) => {
    if (/^(https?|mailto):/.test(target)) return [];
    const where = `${page.path}:${line}: ${target}`;
    const [file = '', anchor] = target.split('#');
    const path = file === '' ? page.path : relative(ROOT, join(ROOT, dirname(page.path), file));
    if (path.startsWith('..')) return [`${where}: leads out of the repository`];
    if (path !== page.path && !existsSync(join(ROOT, path)))
      return [`${where}: there is no ${path}`];
    if (anchor === undefined) return [];
    const aim = path === page.path ? page : pages.find((each) => each.path === path);
    if (!aim && statSync(join(ROOT, path)).isFile()) return [];
    return aim?.anchors.has(anchor) ? [] : [`${where}: ${path} has no heading #${anchor}`];
  });
}
