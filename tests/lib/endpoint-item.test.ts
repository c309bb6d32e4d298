import { expect, it } from 'vitest';
import {
  attributeOf,
  endpointRecord,
  stateText,
  UnreadableItem,
} from '../../lib/aws/endpoint-item.ts';
import { INITIAL_STATE } from '../../lib/control/state.ts';
import { enrolmentOf, TARGET } from './fakes.ts';

const item = (state: string) => ({
  [attributeOf('enrolment', TARGET)]: { S: JSON.stringify(enrolmentOf()) },
  state: { S: state },
  version: { N: '3' },
});
const stateOf = (text: string) => endpointRecord('checkout', item(text)).targets[0]?.state;

it('gives a state back as it was saved, what was told included', () => {
  const notices = {
    'scaled-to-ceiling': {
      digest: 'max 20',
      toldAtSeconds: 1_800_000_000,
      triedAtSeconds: 1_800_000_000,
      absentSinceSeconds: null,
      untold: null,
    },
  };
  const state = { ...INITIAL_STATE, baseline: { min: 1, max: 20 }, notices };
  expect(stateOf(stateText(new Map([[TARGET.resourceId, state]])))).toEqual(state);
});

it('completes a state that was saved before anything was told or futile', () => {
  const { futile, notices, ...before } = { ...INITIAL_STATE, baseline: { min: 2, max: 9 } };
  const text = JSON.stringify({ schemaVersion: 1, targets: { [TARGET.resourceId]: before } });
  expect(stateOf(text)).toEqual({ ...before, futile: null, notices: {} });
});

it.each([
  ['a state that is broken', { state: { S: '{' } }],
  ['an enrolment that is broken', { [attributeOf('enrolment', TARGET)]: { S: '{' } }],
  ['prewarms that are broken', { [attributeOf('prewarms', TARGET)]: { S: '{' } }],
  ['a state that is nothing', { state: { S: 'null' } }],
  ['an enrolment that is nothing', { [attributeOf('enrolment', TARGET)]: { S: 'null' } }],
  ['a state of a newer schema', { state: { S: '{"schemaVersion":2}' } }],
])('cannot read %s, and says so', (_, broken) => {
  const whole = item(stateText(new Map()));
  expect(() => endpointRecord('checkout', { ...whole, ...broken })).toThrow(UnreadableItem);
});
