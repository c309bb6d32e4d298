/**
 * @typedef {import('../page-types.ts').BenchPageData} BenchPageData
 * @typedef {import('../page-types.ts').PageCell} PageCell
 * @typedef {object} Figure a policy at a risk price, of one trace or over all
 * @property {string} policy
 * @property {number} riskPrice
 * @property {number} regret
 * @property {number} unserved share of what was demanded
 * @property {number} billed hours over those demanded
 * @property {number} [instanceHours] of a backtest, all that was billed
 * @property {number} [cost] of a backtest, instance-hours with what was unserved at the risk price
 */

/** The choice that stands for every trace. */
export const ALL_TRACES = '';

export const OURS = 'fast-scaler';
export const OPTIMUM = 'optimum';

/**
 * The policy that the page is about.
 *
 * @param {BenchPageData} data
 */
export function subject({ verdict }) {
  return verdict?.recommended ?? OURS;
}

/**
 * Values in the order in which they first come.
 *
 * @template T
 * @param {readonly T[]} values
 */
export function distinct(values) {
  return [...new Set(values)];
}

/**
 * The figures under one lead time, by policy and risk price. Over all traces regret is the geometric
 * mean, the others are plain means, over the traces that demand anything; a backtest's traces are parts
 * of one load, so that it adds them up as the terminal does.
 *
 * @param {BenchPageData} data
 * @param {string} trace
 * @param {number} leadTimeSeconds
 * @returns {Figure[]}
 */
export function figures(data, trace, leadTimeSeconds) {
  const chosen = chosenCells(data, trace, leadTimeSeconds);
  return distinct(chosen.map(({ policy }) => policy)).flatMap((policy) =>
    distinct(chosen.map(({ riskPrice }) => riskPrice)).map((riskPrice) => {
      const cells = chosen.filter((cell) => cell.policy === policy && cell.riskPrice === riskPrice);
      if (data.verdict) return { policy, riskPrice, ...totals(data, cells) };
      // What was left of no demand is no share, and would only hide what was left of the others.
      const loaded = cells.filter(({ unservedFraction }) => unservedFraction !== null);
      return {
        policy,
        riskPrice,
        regret: Math.exp(
          mean((loaded.length > 0 ? loaded : cells).map(({ regret }) => Math.log(regret))),
        ),
        unserved: mean(loaded.map(({ unservedFraction }) => unservedFraction ?? 0)),
        billed: mean(loaded.map((cell) => cell.instanceHours / demandedHours(data, cell))),
      };
    }),
  );
}

/**
 * @param {BenchPageData} data
 * @param {readonly PageCell[]} cells parts of one load, under one policy at one risk price
 */
function totals(data, cells) {
  const all = { demanded: 0, unserved: 0, instanceHours: 0, cost: 0, optimum: 0 };
  for (const cell of cells) {
    const demanded = demandedHours(data, cell);
    const unserved = (cell.unservedFraction ?? 0) * demanded;
    const cost = cell.riskPrice * unserved + cell.instanceHours;
    all.demanded += demanded;
    all.unserved += unserved;
    all.instanceHours += cell.instanceHours;
    all.cost += cost;
    all.optimum += cost / cell.regret;
  }
  const { demanded, unserved, instanceHours, cost, optimum } = all;
  return {
    regret: cost / optimum,
    unserved: demanded > 0 ? unserved / demanded : 0,
    billed: demanded > 0 ? instanceHours / demanded : 0,
    instanceHours,
    cost,
  };
}

/**
 * Whether anything is demanded under one choice; where nothing is, nothing can be weighed.
 *
 * @param {BenchPageData} data
 * @param {string} trace
 * @param {number} leadTimeSeconds
 */
export function demandsAnything(data, trace, leadTimeSeconds) {
  return chosenCells(data, trace, leadTimeSeconds).some(
    ({ unservedFraction }) => unservedFraction !== null,
  );
}

/**
 * @param {BenchPageData} data
 * @param {string} trace
 * @param {number} leadTimeSeconds
 */
function chosenCells({ cells }, trace, leadTimeSeconds) {
  return cells.filter(
    (cell) =>
      cell.leadTimeSeconds === leadTimeSeconds && (trace === ALL_TRACES || cell.trace === trace),
  );
}

/**
 * @param {BenchPageData} data
 * @param {PageCell} cell
 */
function demandedHours(data, cell) {
  return data.workloads[cell.workload]?.demandedHours ?? 0;
}

/**
 * 0 of no values, which only a trace without a request has.
 *
 * @param {readonly number[]} values
 */
function mean(values) {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
