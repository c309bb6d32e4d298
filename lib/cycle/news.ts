import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { EndpointRecord, StateStore, StoredTarget } from '../aws/state-store.ts';
import type { TargetState } from '../control/types.ts';
import { unmeasured } from '../notify/blind.ts';
import { conditionsOf } from '../notify/conditions.ts';
import { type Notice, type NoticeBook, noted, told } from '../notify/notices.ts';
import { type TellRuntime, tell } from '../notify/tell.ts';
import type { ScalableTarget } from '../target.ts';
import { announceDecision, type DecisionRuntime } from './decisions.ts';
import type { Look } from './look.ts';
import type { DecisionRecord } from './record.ts';

/** A notice about a target that is to be told now. */
export interface DueNotice {
  readonly target: ScalableTarget;
  readonly notice: Notice;
}

/** What a control cycle has to tell once it has done its work. */
export interface News {
  /** As it stands in the table now. */
  record: EndpointRecord;
  readonly states: Map<string, TargetState>;
  readonly decisions: DecisionRecord[];
  due: readonly DueNotice[];
}

/** What telling needs beside the places that are told. */
export interface NewsRuntime extends DecisionRuntime, TellRuntime {
  readonly store: StateStore;
}

/**
 * Enters what a look saw into the target's book of notices; gives what is due.
 * @param look undefined: nothing measures its load, so that nobody could look
 */
export function noteConditions(
  { notifications }: TellRuntime,
  stored: StoredTarget,
  look: Look | undefined,
  state: TargetState,
  nowSeconds: number,
): { readonly state: TargetState; readonly due: readonly DueNotice[] } {
  const { target } = stored;
  const present = look
    ? conditionsOf(look, nowSeconds, notifications.region())
    : unmeasured(stored, nowSeconds);
  const { book, due } = noted(state.notices as NoticeBook, present, nowSeconds);
  return {
    state: { ...state, notices: book },
    due: due.map((notice) => ({ target, notice })),
  };
}

/** Puts decisions on the event bus and notices on the topic. Never throws. */
export async function tellNews(runtime: NewsRuntime, news: News): Promise<void> {
  for (const decision of news.decisions) await announceDecision(runtime, decision);
  const { states } = news;
  let isTold = false;
  for (const { target, notice } of news.due) {
    if (!(await tell(runtime, notice, target))) continue;
    isTold = true;
    const state = states.get(target.resourceId) as TargetState;
    const notices = told(state.notices as NoticeBook, notice, runtime.now() / 1000);
    states.set(target.resourceId, { ...state, notices });
  }
  if (!isTold) return;
  const { logger, metrics, store } = runtime;
  try {
    if (await store.save(news.record, states)) return;
    logger.warn('another cycle came between; the owner may be told twice');
  } catch (error) {
    logger.error('what was told could not be noted; the owner may be told twice', { error });
    metrics.addMetric('CycleFailed', MetricUnit.Count, 1);
  }
}
