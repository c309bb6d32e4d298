import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { ReportData } from './data.ts';
import { headline } from './headline.ts';
import { reportPayload } from './payload.ts';

/** The page's modules, each after those that it imports. */
const PAGE_MODULES = [
  'format.js',
  'dom.js',
  'runs.js',
  'view.js',
  'theme.js',
  'results.js',
  'panels.js',
  'pointer.js',
  'readout.js',
  'card.js',
  'markers.js',
  'column.js',
  'main.js',
];

const PAGE_STYLES = ['colours.css', 'page.css', 'charts.css', 'decisions.css'];

/** A place in page.html that is filled in, in a form that is no error in HTML, CSS, JS or JSON. */
export const PLACE = /(?:\/\*|")?\{\{(\w+)\}\}(?:\*\/|")?/g;

const requireFromHere = createRequire(import.meta.url);

function pageFile(name: string): string {
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

/** Makes the report: one HTML document that needs no other file and no network. */
export function renderReport(data: ReportData): string {
  const sentence = headline(data.results);
  const parts: Record<string, string> = {
    title: escapeHtml(`${data.trace}: ${sentence}`),
    headline: escapeHtml(sentence),
    style: rawText([uplotFile('dist/uPlot.min.css'), ...PAGE_STYLES.map(pageFile)].join('\n')),
    data: JSON.stringify(reportPayload(data)).replaceAll('<', '\\u003c'),
    uplot: rawText(`/*\n${uplotFile('LICENSE')}*/\n${uplotFile('dist/uPlot.iife.min.js')}`),
    script: rawText(joinModules(PAGE_MODULES.map((name) => [name, pageFile(name)]))),
  };
  return pageFile('page.html').replace(PLACE, (_, part: string) => {
    const text = parts[part];
    if (text === undefined) throw new Error(`report page: page.html asks for unknown {{${part}}}`);
    return text;
  });
}
