// The question, for real: Locust calls an emulated endpoint under target tracking alone, then another
// one like it with the scaler beside it, while the live page shows both. docs/emulate.md tells how the account's faster
// time and Locust's go together.
import { EXIT, Exit } from '../cli/exit.ts';
import { number, wholeFromZero } from '../cli/options.ts';
import { progress } from '../cli/progress.ts';
import { table } from '../cli/table.ts';
import { runTool, tool } from '../cli/tool.ts';
import { Follower } from './live/follower.ts';
import { hasLocust, LOCUST_MISSING, startLocust } from './live/locust.ts';
import { Owner } from './live/owner.ts';
import { type LiveResult, scoreSteps } from './live/score-steps.ts';
import { spawnEmulator } from './spawn-emulator.ts';

const REGION = 'eu-west-1';
const MIN_CAPACITY = 1;
const LEAD_TIME_SECONDS = 180;

/** The question: 100 users, 10 more a second, 20 000 invocations a minute against a target of 1500. */
const QUESTION = { users: 100, spawnRate: 10, perMinute: 20_000, target: 1500 } as const;

/** From one request of a user to the next, seconds outside: 100 users are 100 requests a second. */
const PACE_SECONDS = 1;

/** A full queue refuses: users then keep their pace, whatever the endpoint can carry. */
const QUEUE_LIMIT = 5;

/** Course of a run, seconds of the account. */
const QUIET_SECONDS = 60;
const LOAD_SECONDS = 600;
const MOST_RETURN_SECONDS = 3600;

/**
 * The runs in their order, by endpoint, with what each is likely to take for the progress bar, seconds
 * of the account. An endpoint each: what the scaler learns of a load would be another run's.
 */
const LIKELY_SECONDS = { 'target-tracking': 1700, 'fast-scaler': 1100 } as const;

type RunName = keyof typeof LIKELY_SECONDS;

interface Flags {
  readonly speed: number;
  readonly port: number;
  readonly stay?: boolean;
}

const speeds = number('a number from 1 to 60', (value) => value >= 1 && value <= 60);

const program = tool('demo:live', 'Locust against target tracking, alone and beside the scaler.')
  .option('--speed <n>', 'how much faster than outside time passes in the account', speeds, 20)
  .option('--port <n>', 'port of the emulated account and its page', wholeFromZero, 4580)
  .option('--stay', 'keep the page until Ctrl-C');

await runTool(program, main);

async function main({ speed, port, stay }: Flags): Promise<void> {
  if (!hasLocust()) throw new Exit(EXIT.attention, LOCUST_MISSING);
  // The users send so many in a minute of the account; the target is lower in the same proportion.
  const perMinute = ((QUESTION.users / PACE_SECONDS) * 60) / speed;
  const target = (QUESTION.target * perMinute) / QUESTION.perMinute;
  const emulator = await spawnEmulator([
    ...['--port', String(port), '--region', REGION, '--speed', String(speed)],
    ...['--target-per-instance', String(target), '--lead-time', String(LEAD_TIME_SECONDS)],
    ...['--queue-limit', String(QUEUE_LIMIT)],
  ]);
  const { url } = emulator;
  const owner = new Owner(url, REGION);
  /** An endpoint under target tracking and what is `added`; quiet, load, and the way back. */
  const run = async (name: RunName, added: (follower: Follower) => Promise<void>) => {
    await owner.createEndpoint(name);
    await owner.trackTarget(name, target);
    const follower = new Follower(url, name);
    try {
      await added(follower);
      return await surge(name, url, speed, follower);
    } finally {
      await follower.stop();
    }
  };
  try {
    console.log(`Watch it at ${url}/ (a minute of the account takes ${60 / speed} s).\n`);
    const results = [
      await run('target-tracking', async () => {}),
      await run('fast-scaler', async (follower) => {
        await owner.enrol('fast-scaler');
        await follower.until('enrolment', ({ alarms }) =>
          alarms.some(({ name }) => name.startsWith('fast-scaler/')),
        );
      }),
    ];
    console.log(`\n${resultTable(results)}\n`);
    console.log('Times and instance-hours are of the account.');
    if (stay) {
      console.log(`The page stays at ${url}/ until Ctrl-C.`);
      process.on('SIGINT', () => {});
      await emulator.ended;
    }
  } finally {
    await emulator.stop();
  }
}

/** To the end of the step in which capacity is back. */
async function surge(
  name: RunName,
  url: string,
  speed: number,
  follower: Follower,
): Promise<LiveResult> {
  const shown = progress({ stderr: process.stderr, now: Date.now });
  const fromStep = follower.steps.length;
  const fromDecision = follower.decisions.length;
  let startSeconds: number | undefined;
  const likely = LIKELY_SECONDS[name];
  const wait = async (phase: string, seconds: number, holds: (passed: number) => boolean) => {
    let since: number | undefined;
    await follower.until(
      `${name}: ${phase}`,
      ({ atSeconds, demand, capacity }) => {
        since ??= atSeconds;
        startSeconds ??= atSeconds;
        const done = Math.min(atSeconds - startSeconds, likely);
        const what = `demand ${demand?.toFixed(1) ?? '–'}, ${capacity?.toFixed(0) ?? '–'} in service`;
        shown.report(done, likely, `${name}: ${phase}, ${what}`);
        return holds(atSeconds - since);
      },
      seconds,
    );
  };
  try {
    await wait('quiet', QUIET_SECONDS * 2, (passed) => passed >= QUIET_SECONDS);
    const locust = startLocust({
      url,
      region: REGION,
      endpointName: name,
      users: QUESTION.users,
      spawnRate: QUESTION.spawnRate * speed,
      paceSeconds: PACE_SECONDS,
      runSeconds: Math.ceil(LOAD_SECONDS / speed),
    });
    let isOver = false;
    const ended = locust.ended.finally(() => {
      isOver = true;
    });
    // Locust takes a while to start and to end, in its own time.
    const most = LOAD_SECONDS + 60 * speed;
    await Promise.all([ended, wait('Locust calls', most, () => isOver)]);
    await wait('Locust is done', MOST_RETURN_SECONDS, () => {
      const { demand, desired, capacity, endpointStatus } = follower.newest ?? {};
      const isBack = desired === MIN_CAPACITY && capacity === MIN_CAPACITY;
      return demand === 0 && isBack && endpointStatus === 'InService';
    });
  } finally {
    shown.stop();
  }
  const decisions = follower.decisions.slice(fromDecision);
  return scoreSteps(name, follower.steps.slice(fromStep), decisions, MIN_CAPACITY);
}

function resultTable(results: readonly LiveResult[]): string {
  const seconds = (value: number | null) => (value === null ? '–' : `${value.toFixed(0)} s`);
  const share = (value: number) => `${(100 * value).toFixed(1)} %`;
  return table(
    ['', 'reaction', 'back', 'unserved', 'instance-hours', 'changes', 'failed'],
    results.map((result) => [
      result.policy,
      seconds(result.reactionSeconds),
      seconds(result.scaleInSeconds),
      share(result.unservedFraction),
      result.instanceHours.toFixed(2),
      String(result.changes),
      share(result.failedFraction),
    ]),
  );
}
