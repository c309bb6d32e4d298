import { OWN_MS } from './functions.ts';
import type { ScaleResult } from './run.ts';
import { CONCURRENCY, RULE_INVOCATIONS } from './verdict.ts';
import { CALL_MS } from './world.ts';

/** The calls of a run against the quotas, as text. */
export function scaleTable(result: ScaleResult): string {
  const { rows, schedule, functionsAtOnce } = result;
  const sources = [
    ...new Set([
      ...rows.flatMap(({ quota }) => quota?.source ?? []),
      RULE_INVOCATIONS.source,
      CONCURRENCY.source,
    ]),
  ];
  const mark = (source: string) => `[${sources.indexOf(source) + 1}]`;
  const lines = [
    ['calls', 'enrolment', 'surge', 'at rest', 'quota', 'surge', 'at rest'],
    ['', 'peak/s', 'peak/s', 'peak/s', '/s', '/minute', '/hour'],
    ...rows.map(({ service, name, peak, total, quota }) => [
      `${service}: ${name}`,
      number(peak.enrolment),
      number(peak.surge),
      number(peak.rest),
      quota ? `${number(quota.perSecond)} ${mark(quota.source)}` : 'none published',
      number((total.surge * 60) / schedule.surge),
      number((total.rest * 3600) / schedule.rest),
    ]),
    [
      'functions started by EventBridge',
      '',
      number(result.invocationsPeak),
      '',
      `${number(RULE_INVOCATIONS.perSecond)} ${mark(RULE_INVOCATIONS.source)}`,
    ],
  ];
  const { nudgedAfterSeconds: nudged } = result;
  const at = (share: number) => nudged[Math.ceil(share * nudged.length) - 1]?.toFixed(1);
  return [
    `${result.targets} targets on ${result.endpoints} endpoints`,
    '',
    aligned(lines),
    '',
    ...sources.map((source) => `${mark(source)} ${source}`),
    '',
    `enrolled: all within ${result.enrolledAfterSeconds ?? '?'} s of the first of the parameters, which were written in ${schedule.writing} s`,
    `nudged after the start of the surge: half within ${at(0.5)} s, all within ${at(1)} s`,
    `functions at once: ${functionsAtOnce.warm}; ${functionsAtOnce.cold} if every one starts cold (quota ${number(CONCURRENCY.most)} ${mark(CONCURRENCY.source)})`,
    `  assumed: a call takes ${CALL_MS.least} to ${CALL_MS.most} ms, a function's own work ${OWN_MS.work} ms, a cold start ${OWN_MS.start} ms`,
  ].join('\n');
}

function number(value: number): string {
  return Math.round(value).toLocaleString('en-GB').replaceAll(',', ' ');
}

/** Columns as wide as their widest cell; all but the first flush right. */
function aligned(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, i) =>
    Math.max(...lines.map((line) => (line[i] ?? '').length)),
  );
  return lines
    .map((line) =>
      widths
        .map((width, i) =>
          i === 0 ? (line[i] ?? '').padEnd(width) : (line[i] ?? '').padStart(width),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
