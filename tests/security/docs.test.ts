import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { serviceRoles } from '../lifecycle/roles.ts';

const page = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8');

it('the page on security names every function and every right, and no right that is not there', () => {
  const actions = [...serviceRoles().values()].flatMap(({ statements }) =>
    statements.flatMap((statement) => statement.actions),
  );
  const told = [...page.matchAll(/`([a-z-]+:[A-Z]\w+)`/g)].map(([, action]) => action);
  // What others may do with the service is told too.
  const ofOthers = ['ssm:PutParameter'];
  expect([...new Set(told)].filter((action) => !ofOthers.includes(action ?? '')).sort()).toEqual(
    [...new Set(actions)].sort(),
  );
  for (const name of serviceRoles().keys()) expect(page).toContain(`\`${name}\``);
});
