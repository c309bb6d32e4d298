import { Script } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { PolicyResult, ReportData } from '../../simulator/report/data.ts';
import { headline } from '../../simulator/report/headline.ts';
import { COLUMNS, type ReportPayload, reportPayload } from '../../simulator/report/payload.ts';
import { joinModules, renderReport } from '../../simulator/report/render.ts';
import { madeUpReport } from '../browser/report-data.ts';

const REPORT = madeUpReport({ seconds: 2400 });

function scripts(html: string): string[] {
  return [...html.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script>/g)].map(([, text]) => text ?? '');
}

function carried(html: string): ReportPayload {
  return JSON.parse(scripts(html)[0] ?? '') as ReportPayload;
}

describe('renderReport', () => {
  it('makes one document of three scripts that all parse', () => {
    const [data, uplot, page, ...others] = scripts(renderReport(REPORT));
    expect(others).toEqual([]);
    expect(() => JSON.parse(data ?? '')).not.toThrow();
    expect(() => new Script(uplot ?? '')).not.toThrow();
    // Joined modules share a scope, so a name declared twice is a syntax error.
    expect(() => new Script(`'use strict';${page}`)).not.toThrow();
  });

  it('fills every place of the page and refers to nothing outside', () => {
    const html = renderReport(REPORT);
    expect(html).not.toMatch(/\{\{\w+\}\}/);
    expect(html).not.toMatch(
      /<(?:script|img|iframe)[^>]*\ssrc=|<link[^>]*href="(?!data:)|@import|url\(/i,
    );
    expect(html).toContain('Copyright (c) 2022 Leon Sorokin');
  });

  it('carries the data whole: columns, decisions and results', () => {
    const payload = carried(renderReport(REPORT));
    expect(payload.results).toEqual(REPORT.results);
    expect(payload.runs).toHaveLength(REPORT.runs.length);
    for (const [index, run] of REPORT.runs.entries()) {
      const sent = payload.runs[index];
      for (const column of COLUMNS) {
        const rounded = run[column].map((value) =>
          value === null ? null : Number(value.toFixed(3)),
        );
        expect(sent?.[column], column).toHaveLength(rounded.length);
        for (const [at, value] of rounded.entries()) {
          if (value === null) expect(sent?.[column][at]).toBeNull();
          else expect(sent?.[column][at]).toBeCloseTo(value, 2);
        }
      }
      expect(sent?.decisions.atSeconds).toEqual(run.decisions.map(({ atSeconds }) => atSeconds));
      expect(sent?.decisions.title).toEqual(run.decisions.map(({ title }) => title));
      expect(sent?.decisions.kind).toEqual(run.decisions.map(({ kind }) => kind));
      const reasons = sent?.decisions.steps.map((steps) =>
        steps.map((step) => payload.words[step[3]]),
      );
      expect(reasons).toEqual(run.decisions.map(({ steps }) => steps.map(({ reason }) => reason)));
    }
  });

  const hostile = [
    { label: 'a closing script tag', trace: '</script><script>alert(1)</script>' },
    { label: 'a comment that would hide the script', trace: '<!--<script>' },
    { label: 'a template place', trace: '{{script}}' },
    { label: 'a replacement pattern', trace: "$& $1 $' $`" },
    { label: 'an attribute end', trace: '"><img src=x onerror=alert(1)>' },
    { label: 'a closing title tag', trace: '</title><b>&amp;' },
  ];
  it.each(hostile)('keeps $label in a trace name as text', ({ trace }) => {
    const html = renderReport({ ...REPORT, trace });
    expect(scripts(html)).toHaveLength(3);
    expect(carried(html).trace).toBe(trace);
    const title = /<title>([\s\S]*?)<\/title>/.exec(html)?.[1] ?? '';
    expect(title).not.toMatch(/[<>]/);
    expect(html).not.toContain('<img');
  });

  it('keeps a hostile title and policy name out of the markup', () => {
    const [run] = REPORT.runs;
    if (!run) throw new Error('a run is needed');
    const policy = '<i>policy</i>';
    const decisions = [{ atSeconds: 1, kind: 'bounds' as const, title: '</script><i>', steps: [] }];
    const results = REPORT.results.map((result) => ({ ...result, policy }));
    const html = renderReport({ ...REPORT, results, runs: [{ ...run, policy, decisions }] });
    expect(html).not.toContain('<i>');
    expect(carried(html).runs[0]?.decisions.title).toEqual(['</script><i>']);
  });

  it('writes what is no number as nothing', () => {
    const [run] = REPORT.runs;
    if (!run) throw new Error('a run is needed');
    const demand = run.demand.map(
      (value, at) => [Number.NaN, Number.POSITIVE_INFINITY][at] ?? value,
    );
    const sent = carried(renderReport({ ...REPORT, runs: [{ ...run, demand }] })).runs[0];
    expect(sent?.demand.slice(0, 2)).toEqual([null, null]);
    expect(sent?.demand[2]).not.toBeNull();
  });

  it('stays within 5 MB for a day of two policies with a thousand decisions each', () => {
    const day = madeUpReport({ seconds: 86_400 });
    const steps = day.runs[0]?.decisions[0]?.steps ?? [];
    const decisions = Array.from({ length: 1000 }, (_, at) => ({
      atSeconds: at * 86.4,
      kind: 'scale-out' as const,
      title: `Min ${at} → ${at + 1}`,
      steps,
    }));
    const html = renderReport({ ...day, runs: day.runs.map((run) => ({ ...run, decisions })) });
    expect(Buffer.byteLength(html)).toBeLessThanOrEqual(5_000_000);
  });
});

describe('reportPayload', () => {
  it.each([
    { label: 'three decimals kept', value: 1.234, sent: 1.234 },
    { label: 'a fourth rounded down', value: 1.2344, sent: 1.234 },
    { label: 'a fourth rounded up', value: 1.2346, sent: 1.235 },
    { label: 'whole', value: 7, sent: 7 },
  ])('rounds samples: $label', ({ value, sent }) => {
    const runs = REPORT.runs.map((run) => ({ ...run, queue: run.queue.map(() => value) }));
    expect(reportPayload({ ...REPORT, runs }).runs[0]?.queue[0]).toBe(sent);
  });

  it('puts decisions in order of time', () => {
    const runs = REPORT.runs.map((run) => ({ ...run, decisions: run.decisions.toReversed() }));
    expect(reportPayload({ ...REPORT, runs }).runs).toEqual(reportPayload(REPORT).runs);
  });

  it.each(COLUMNS.filter((column) => column !== 'demand'))(
    'refuses a %s of another length',
    (column) => {
      const runs = REPORT.runs.map((run) => ({ ...run, [column]: run[column].slice(1) }));
      const wanted = `run "fast-scaler": ${column} has 240 samples, demand has 241`;
      expect(() => reportPayload({ ...REPORT, runs } as ReportData)).toThrow(wanted);
    },
  );
});

describe('headline', () => {
  const result = (
    policy: string,
    reactionSeconds: number | null,
    parts: Partial<PolicyResult> = {},
  ): PolicyResult => ({
    policy,
    reactionSeconds,
    surges: reactionSeconds === null ? 0 : 2,
    answered: reactionSeconds === null ? 0 : 2,
    scaleInSeconds: null,
    unservedFraction: 0,
    instanceHours: 1,
    changes: 2,
    p99LatencySeconds: null,
    failedFraction: 0,
    ...parts,
  });
  const unanswered = { surges: 2, answered: 0, changes: 0 };
  const brieflyShort = { unservedFraction: 0.001 };
  it.each([
    {
      label: 'the quickest first',
      results: [result('target-tracking', 212), result('fast-scaler', 24)],
      sentence: 'fast-scaler asked for capacity after 24 s; target tracking after 212 s.',
    },
    {
      label: 'one policy',
      results: [result('fast-scaler', 24.26)],
      sentence: 'fast-scaler asked for capacity after 24.3 s.',
    },
    {
      label: 'at once',
      results: [result('fast-scaler', 0)],
      sentence: 'fast-scaler asked for capacity after 0 s.',
    },
    {
      label: 'one that was never short',
      results: [result('target-tracking', null), result('fast-scaler', 24)],
      sentence:
        'fast-scaler asked for capacity after 24 s; under target tracking demand never passed capacity.',
    },
    {
      label: 'none that was ever short',
      results: [result('target-tracking', null), result('fast-scaler', null)],
      sentence: 'Demand never passed capacity.',
    },
    {
      label: 'none that was short for long',
      results: [result('target-tracking', null, brieflyShort)],
      sentence: 'Demand passed the capacity asked for at most for moments of under 30 s.',
    },
    {
      label: 'one that was short for moments, one never',
      results: [result('target-tracking', null, brieflyShort), result('fast-scaler', null)],
      sentence:
        'Under target tracking demand passed the capacity asked for at most for moments of under 30 s; under fast-scaler demand never passed capacity.',
    },
    {
      label: 'one that answered no surge',
      results: [result('target-tracking', null, unanswered), result('fast-scaler', 24)],
      sentence:
        'fast-scaler asked for capacity after 24 s; target tracking never asked for capacity.',
    },
    {
      label: 'one that asked, but at no surge',
      results: [result('target-tracking', null, { ...unanswered, changes: 2 })],
      sentence: 'target tracking answered no surge.',
    },
    {
      label: 'one that answered few',
      results: [
        result('target-tracking', null, { surges: 40, answered: 1 }),
        result('fast-scaler', 24, { surges: 40, answered: 38 }),
      ],
      sentence:
        'fast-scaler asked for capacity after 24 s (answered 38 of 40 surges); target tracking answered 1 of 40 surges.',
    },
    {
      label: 'one that answered most, but not those that lacked most',
      results: [result('target-tracking', null, { surges: 4, answered: 3 })],
      sentence: 'target tracking answered 3 of 4 surges, the lesser ones.',
    },
    { label: 'no policy', results: [], sentence: 'No policy was run.' },
  ])('says in one sentence: $label', ({ results, sentence }) => {
    expect(headline(results)).toBe(sentence);
  });
});

describe('joinModules', () => {
  it('drops imports and exports and keeps the order', () => {
    const joined = joinModules([
      ['a.js', 'export const one = 1;\n'],
      [
        'b.js',
        "import { one } from './a.js';\n\nexport function two() {\n  return one + one;\n}\n",
      ],
    ]);
    expect(new Script(`${joined}\ntwo()`).runInNewContext()).toBe(2);
  });

  it.each([
    { label: 'a default export', source: 'export default 1;' },
    { label: 'an export list', source: 'const a = 1;\nexport { a };' },
    { label: 'a renamed module', source: "import * as a from './a.js';" },
    { label: 'a package', source: "import { a } from 'a';" },
  ])('refuses $label, naming the file', ({ source }) => {
    expect(() => joinModules([['odd.js', source]])).toThrow(
      /odd\.js: cannot inline "(?:im|ex)port/,
    );
  });
});
