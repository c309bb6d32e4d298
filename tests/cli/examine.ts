import { expect } from 'vitest';
import { allFindings, type DoctorReport, type Finding } from '../../lib/operate/finding.ts';
import { fastScaler } from '../operate/command-line.ts';
import type { OperateWorld } from '../operate/world.ts';

/** What the doctor finds, in one endpoint or in all of the account, and the exit code that it ends with. */
export async function examine(
  world: OperateWorld,
  endpointName?: string,
): Promise<{ code: number; findings: Finding[] }> {
  const named = endpointName === undefined ? [] : [endpointName];
  const { code, stdout, stderr } = await fastScaler(world, ['doctor', ...named, '--json']);
  expect(stderr).toBe('');
  return { code, findings: allFindings(JSON.parse(stdout) as DoctorReport) };
}
