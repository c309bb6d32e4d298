import { OPTIMUM } from '../scalers/index.ts';
import type { PolicySummary, RegretGroup } from './summary.ts';

/** A table as rows of text; the first column is for names. */
export interface TextTable {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The policy that the others are held against. */
const OURS = 'fast-scaler';

/** What the terminal shows. */
export function benchTables(summaries: readonly PolicySummary[]): TextTable[] {
  const isMargin = ({ riskPrice, leadTimeSeconds }: RegretGroup) =>
    riskPrice === 'all' || leadTimeSeconds === 'all';
  const ours = summaries.find(({ policy }) => policy === OURS);
  const peers = summaries.filter(({ policy }) => policy !== OURS && policy !== OPTIMUM);
  return [
    regretTable(
      'Regret, geometric mean over all, by lead time (s) and by risk price (×); the optimum has 1',
      summaries,
      isMargin,
    ),
    regretTable('Regret, geometric mean by both', summaries, (group) => !isMargin(group)),
    ...(ours && peers.length > 0 ? [excessTable(ours, peers, isMargin)] : []),
    totalTable(summaries),
  ];
}

function labelOf({ riskPrice, leadTimeSeconds }: RegretGroup): string {
  const parts = [
    riskPrice === 'all' ? '' : `×${riskPrice}`,
    leadTimeSeconds === 'all' ? '' : `${leadTimeSeconds} s`,
  ];
  return parts.filter((part) => part !== '').join(' ') || 'all';
}

function regretTable(
  title: string,
  summaries: readonly PolicySummary[],
  shows: (group: RegretGroup) => boolean,
): TextTable {
  return {
    title,
    header: ['policy', ...(summaries[0]?.groups ?? []).filter(shows).map(labelOf)],
    rows: summaries.map(({ policy, groups }) => [
      policy,
      ...groups.filter(shows).map(({ regret }) => regret.toFixed(3)),
    ]),
  };
}

/** Our regret beyond 1 over that of the peer that is best in the same group. */
function excessTable(
  ours: PolicySummary,
  peers: readonly PolicySummary[],
  shows: (group: RegretGroup) => boolean,
): TextTable {
  const rows = ours.groups.flatMap((group, i) => {
    if (!shows(group)) return [];
    const best = peers.reduce((least, peer) =>
      (peer.groups[i] as RegretGroup).regret < (least.groups[i] as RegretGroup).regret
        ? peer
        : least,
    );
    const excess = group.regret - 1;
    const bestExcess = (best.groups[i] as RegretGroup).regret - 1;
    const ratio = bestExcess > 0 ? (excess / bestExcess).toFixed(2) : '–';
    return [[labelOf(group), excess.toFixed(3), bestExcess.toFixed(3), ratio, best.policy]];
  });
  return {
    title: 'Regret beyond the optimum against the best peer',
    header: ['over', OURS, 'best peer', 'ratio', 'which'],
    rows,
  };
}

function totalTable(summaries: readonly PolicySummary[]): TextTable {
  return {
    title: 'Over all cells; regret and unserved over those whose load demands anything',
    header: [
      'policy',
      'regret',
      'unserved',
      'instance-hours',
      'changes/h',
      'most/h',
      'worst',
      'in',
    ],
    rows: summaries.map(({ worst, ...summary }) => [
      summary.policy,
      summary.regret.toFixed(3),
      share(summary.unservedFraction),
      summary.instanceHours.toFixed(1),
      summary.changesPerHour.toFixed(1),
      summary.mostChangesPerHour.toFixed(1),
      worst.regret.toFixed(3),
      `${worst.trace} ×${worst.riskPrice} ${worst.leadTimeSeconds} s`,
    ]),
  };
}

function share(fraction: number | null): string {
  return fraction === null ? '–' : `${(100 * fraction).toFixed(2)} %`;
}
