import { recordOf } from '../cycle/cycle.ts';
import type { Look } from '../cycle/look.ts';
import { type Entry, preview } from './explain.ts';
import { registersLater } from './registers-later.ts';

/** What a look at this moment says, by which nothing is done. */
export function lookEntry(look: Look, atMs: number): Entry {
  const { decision, control, standsDown, stored } = look;
  const status = decision.proposal ? 'dry-run' : 'refused';
  const isDue = decision.proposal !== null && (control.mode === 'act' || standsDown);
  return preview(recordOf(look, { status }, atMs), isDue, registersLater(stored.enrolment));
}
