import { beforeEach, describe, expect, it } from 'vitest';
import { AwsError } from '../../simulator/account/service.ts';
import { type CommandOptions, fastScaler } from '../operate/command-line.ts';
import { OperateWorld } from '../operate/world.ts';
import { expectGolden } from './golden.ts';
import { twoEndpoints } from './two-endpoints.ts';

let world: OperateWorld;
const run = (args: string[], options?: CommandOptions) => fastScaler(world, args, options);

beforeEach(async () => {
  world = await twoEndpoints();
});

describe('watch', () => {
  const until = (looks: number): CommandOptions => ({
    onSleep: (sleeps, interrupt) => {
      if (sleeps === looks) interrupt();
    },
  });

  it('writes a line for each target and look where the output is no terminal', async () => {
    await expectGolden('watch.txt', await run(['watch', '--interval', '10'], until(2)));
  });

  it.each([
    ['a pipe', false, /^09:\d\d:\d\d {2}No target is enrolled\. "fast-scaler doctor" lists/],
    ['a terminal', true, /ends it.*\n\nNo target is enrolled\./],
  ])('says on %s that there is nobody to watch', async (_, isTerminal, expected) => {
    const empty = await OperateWorld.create();
    const { stdout } = await fastScaler(empty, ['watch'], { ...until(1), isTerminal });
    expect(stdout).toMatch(expected);
  });

  it('draws over itself on a terminal', async () => {
    const { code, stdout } = await run(['watch', 'checkout'], { ...until(3), isTerminal: true });
    expect(code).toBe(0);
    expect(stdout.split('\u001b[2J')).toHaveLength(2);
    expect(stdout.split('\u001b[H')).toHaveLength(4);
    expect(stdout).toMatch(/09:23:25 UTC, every 5 s[\s\S]*09:23:30 UTC[\s\S]*09:23:35 UTC/);
    expect(stdout).not.toContain('search');
  });

  it('writes a line of JSON for each look', async () => {
    const { stdout } = await run(['watch', 'checkout/AllTraffic', '--json'], until(2));
    const looks = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(looks).toHaveLength(2);
    expect(looks[1]).toMatchObject({ targets: [{ target: 'checkout/AllTraffic' }] });
  });

  it('goes on after a fault, and says so', async () => {
    let isDown = false;
    world.parts.account.intercept(({ operation }) => {
      if (isDown && operation === 'GetItem')
        throw new AwsError('InternalServerError', 'Down.', 500);
    });
    const { code, stdout, stderr } = await run(['watch', 'checkout', '--interval', '10'], {
      onSleep: (sleeps, interrupt) => {
        isDown = sleeps === 1;
        if (sleeps === 3) interrupt();
      },
    });
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^09:23:35 AWS does not answer as it should: InternalServerError: Down\.\n$/,
    );
    expect(stdout.trim().split('\n')).toHaveLength(2);
  });

  it.each([
    ['a fault at the first look', ['watch'], 3],
    ['a target that is not enrolled', ['watch', 'nothing/here'], 2],
    ['an interval of nothing', ['watch', '--interval', '0'], 2],
    ['an interval beyond an hour', ['watch', '--interval', '3601'], 2],
  ])('ends at %s', async (_, args, expected) => {
    if (expected === 3) {
      world.parts.account.intercept(({ operation }) => {
        if (operation === 'Query') throw new AwsError('InternalServerError', 'Down.', 500);
      });
    }
    expect((await run(args, until(1))).code).toBe(expected);
  });
});
