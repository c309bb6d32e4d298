import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { ReportData } from './data.ts';
import { headline } from './headline.ts';
import { reportPayload } from './payload.ts';

/** What the report and the live page share, each module after those that it imports. */
export const SHARED_MODULES = [
  'format.js',
  'dom.js',
  'runs.js',
  'view.js',
  'theme.js',
  'print.js',
  'results.js',
  'axes.js',
  'panels.js',
  'pointer.js',
  'keys.js',
  'readout.js',
  'card.js',
  'thinning.js',
  'markers.js',
  'column.js',
  'board.js',
  'chooser.js',
];

const REPORT_MODULES = [...SHARED_MODULES, 'report-file.js', 'main.js'];

/** In this order; what is printed comes after all others. */
const PAGE_STYLES = ['colours.css', 'page.css', 'results.css', 'charts.css', 'decisions.css'];

/** A place in page.html that is filled in, in a form that is no error in HTML, CSS, JS or JSON. */
export const PLACE = /(?:\/\*|")?\{\{(\w+)\}\}(?:\*\/|")?/g;

const requireFromHere = createRequire(import.meta.url);

export function pageFile(name: string): string {
  return readFileSync(new URL(`./page/${name}`, import.meta.url), 'utf8');
}

export function uplotFile(name: string): string {
  return readFileSync(requireFromHere.resolve(`uplot/${name}`), 'utf8');
}

/**
 * Joins the page's modules into one, since a page opened from a file cannot import its neighbours.
 * They share one scope: every top-level name is unique, and only plain named exports are used.
 *
 * @throws Error when a module imports or exports in a form that does not survive the joining
 */
export function joinModules(modules: readonly (readonly [name: string, source: string])[]): string {
  return modules
    .map(([name, source]) => {
      const body = source
        .replace(/^import \{[^}]*\} from '\.{1,2}\/[\w./-]+\.js';\n/gm, '')
        .replace(/^export (?=(?:async )?function |const |class )/gm, '');
      const left = /^(?:import|export)\b.*/m.exec(body);
      if (left) {
        throw new Error(
          `report page: ${name}: cannot inline "${left[0]}"; ` +
            "use import { a } from './file.js' and export before function, const or class",
        );
      }
      return `// ${name}\n${body}`;
    })
    .join('\n');
}

/** A closing tag inside a script or style would end the element early. */
export function rawText(source: string): string {
  return source.replace(/<(?=\/(?:script|style)|!--)/gi, '\\x3c');
}

export function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}

/** The style sheet of the page and of uPlot. */
export function pageStyle(...more: readonly string[]): string {
  return [
    uplotFile('dist/uPlot.min.css'),
    ...[...PAGE_STYLES, ...more, 'print.css'].map(pageFile),
  ].join('\n');
}

/** uPlot with its licence. */
export function uplotScript(): string {
  return `/*\n${uplotFile('LICENSE')}*/\n${uplotFile('dist/uPlot.iife.min.js')}`;
}

/** The page's modules as one. */
export function pageScript(modules: readonly string[]): string {
  return joinModules(modules.map((name) => [name, pageFile(name)]));
}

/**
 * Fills in the places of a page.
 *
 * @throws Error when the page has a place for which there is no part
 */
export function fillIn(name: string, parts: Readonly<Record<string, string>>): string {
  return pageFile(name).replace(PLACE, (_, part: string) => {
    const text = parts[part];
    if (text === undefined) throw new Error(`report page: ${name} asks for unknown {{${part}}}`);
    return text;
  });
}

/** The hash by which a security policy admits an inline element, which stands on lines of its own. */
function inlineHash(text: string): string {
  return createHash('sha256').update(`\n${text}\n`).digest('base64');
}

/** Makes the report: one HTML document that needs no other file and no network. */
export function renderReport(data: ReportData): string {
  const sentence = headline(data.results);
  const style = rawText(pageStyle());
  const uplot = rawText(uplotScript());
  const script = rawText(pageScript(REPORT_MODULES));
  return fillIn('page.html', {
    title: escapeHtml(`${data.trace}: ${sentence}`),
    // A unit does not begin a line.
    headline: escapeHtml(sentence.replace(/(?<=\d) (?=s\b)/g, '\u00a0')),
    data: JSON.stringify(reportPayload(data)).replaceAll('<', '\\u003c'),
    toolbar: pageFile('toolbar.html'),
    style,
    uplot,
    script,
    styleHash: inlineHash(style),
    uplotHash: inlineHash(uplot),
    scriptHash: inlineHash(script),
  });
}
