import type {
  AccountSpending,
  EndpointNews,
  EnrolmentStore,
  Fleet,
  FleetEntry,
} from '../../lib/aws/enrolment-store.ts';
import type { EndpointRecord } from '../../lib/aws/state-store.ts';
import { INITIAL_STATE } from '../../lib/control/state.ts';
import type { TargetState } from '../../lib/control/types.ts';
import type { Convergence, Enrolment, Refusal } from '../../lib/enrolment/types.ts';
import type { ScalableTarget } from '../../lib/target.ts';

interface Entry {
  tag: string | undefined;
  news: number;
  readonly targets: Map<string, Convergence>;
}

/** Enrolments in memory, with the rules of the table. */
export class FakeEnrolments implements EnrolmentStore {
  readonly inForce = new Map<string, { target: ScalableTarget; enrolment: Enrolment }>();
  readonly refusals = new Map<string, Refusal>();
  readonly states = new Map<string, Partial<TargetState>>();
  readonly entries = new Map<string, Entry>();
  readonly news: EndpointNews[] = [];
  readonly lines = new Map<string, number>();
  readonly mutes = new Map<string, number>();
  readonly accountSpent = new Map<string, number>();
  leaving = false;
  /** Of every endpoint: one more for whatever a cycle saves. */
  version = 1;
  account: AccountSpending | null = null;

  #entry(endpointName: string): Entry {
    const known = this.entries.get(endpointName);
    if (known) return known;
    const entry: Entry = { tag: undefined, news: 0, targets: new Map() };
    this.entries.set(endpointName, entry);
    return entry;
  }

  async noteAccount(spending: AccountSpending | null): Promise<void> {
    this.account = spending;
  }

  async noteAccountSpent(endpointName: string, untilSeconds: number | null): Promise<void> {
    if (untilSeconds === null) this.accountSpent.delete(endpointName);
    else this.accountSpent.set(endpointName, untilSeconds);
  }

  async fleet(): Promise<Fleet> {
    const entries = [...this.entries].map(
      ([endpointName, entry]): FleetEntry => ({ endpointName, ...entry }),
    );
    return { entries, leaving: this.leaving, account: this.account };
  }

  async entry(endpointName: string) {
    const nothing = { tag: undefined, news: 0, targets: new Map() };
    const entry = { endpointName, ...(this.entries.get(endpointName) ?? nothing) };
    return { entry, leaving: this.leaving };
  }

  async read(endpointName: string): Promise<EndpointRecord> {
    const targets = [...this.inForce.values()]
      .filter(({ target }) => target.endpointName === endpointName)
      .map(({ target, enrolment }) => ({
        target,
        enrolment,
        state: { ...INITIAL_STATE, ...this.states.get(target.resourceId) },
      }));
    return { endpointName, version: this.version, loop: 1, targets, refusals: this.refusals };
  }

  async enrol(target: ScalableTarget, enrolment: Enrolment): Promise<void> {
    this.inForce.set(target.resourceId, { target, enrolment });
    this.refusals.delete(target.resourceId);
  }

  async refuse({ resourceId }: ScalableTarget, refusal: Refusal): Promise<void> {
    this.refusals.set(resourceId, refusal);
  }

  async noteMute({ resourceId }: ScalableTarget, untilSeconds: number): Promise<void> {
    if (this.inForce.has(resourceId)) this.mutes.set(resourceId, untilSeconds);
  }

  async converged(target: ScalableTarget, convergence: Convergence): Promise<void> {
    const entry = this.#entry(target.endpointName);
    entry.targets.set(target.resourceId, convergence);
  }

  async forget(
    { resourceId, endpointName }: ScalableTarget,
    mayGo: (record: EndpointRecord) => boolean = () => true,
  ): Promise<boolean> {
    if (!mayGo(await this.read(endpointName))) return false;
    this.inForce.delete(resourceId);
    this.refusals.delete(resourceId);
    this.states.delete(resourceId);
    this.entries.get(endpointName)?.targets.delete(resourceId);
    return true;
  }

  async noteTag(endpointName: string, tag: string | undefined): Promise<void> {
    this.#entry(endpointName).tag = tag;
  }

  async noteNews(news: EndpointNews): Promise<void> {
    this.news.push(news);
  }

  async outdate(endpointName: string): Promise<void> {
    const entry = this.entries.get(endpointName);
    if (entry) entry.news += 1;
  }

  async setLeaving(leaving: boolean): Promise<boolean> {
    this.leaving = leaving;
    return true;
  }

  async reserve(line: string, gapMs: number, nowMs: number, latestMs: number) {
    const atMs = Math.max(nowMs, this.lines.get(line) ?? 0);
    if (atMs > latestMs) return undefined;
    this.lines.set(line, atMs + gapMs);
    return atMs;
  }
}
