// What a cold start loads: the size of each function's bundle, and the time to load it beside the
// same handler with its packages left in node_modules. Each figure is the median over fresh
// processes; bundled and unbundled take turns, so that a busy machine slows both alike.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { median } from './median.ts';
import { DUMMY_ENVIRONMENT, FUNCTIONS, SERVICE_DIR, serverless } from './serverless.ts';
import { readZip } from './zip.ts';

const ROUNDS = 5;
/** Functions that a surge waits for are held shorter than those that nobody waits for. */
const MOST_BYTES = { onTheWay: 520_000, aside: 600_000 };
const ASIDE: readonly string[] = ['parameter', 'prewarm', 'sweep', 'farewell'];
const mostBytes = (name: string) => (ASIDE.includes(name) ? MOST_BYTES.aside : MOST_BYTES.onTheWay);
const HIGHEST_RATIO = 0.4;

/** Times the import inside the process, so that the start of Node itself does not count. */
const PROBE = `
const from = performance.now();
const module = await import(process.argv[1]);
const took = performance.now() - from;
if (typeof (module.handler ?? module.default?.handler) !== 'function') throw new Error('no handler');
process.stdout.write(String(took));`;

const ENVIRONMENT = {
  ...DUMMY_ENVIRONMENT,
  TABLE_NAME: 'table',
  RECHECK_QUEUE_URL: 'http://127.0.0.1:9/queue',
  NOTIFICATIONS_TOPIC_ARN: 'arn:aws:sns:eu-west-1:123456789012:topic',
  POWERTOOLS_SERVICE_NAME: 'sagemaker-fast-scaler',
  POWERTOOLS_METRICS_NAMESPACE: 'FastScaler',
};

function loadMilliseconds(file: string): number {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', PROBE, pathToFileURL(file).href],
    { env: ENVIRONMENT, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`${file} does not load:\n${stderr}`);
  return Number(stdout);
}

interface Candidate {
  readonly name: string;
  readonly bytes: number;
  readonly bundled: string;
  readonly unbundled: string;
}

/** Lays out every function twice below `folder`: as deployed, and with its packages outside. */
async function layOut(folder: string): Promise<Candidate[]> {
  await serverless(['package', '--package', join(folder, 'package')]);
  symlinkSync(join(SERVICE_DIR, 'node_modules'), join(folder, 'node_modules'));
  return Promise.all(
    FUNCTIONS.map(async (name) => {
      const path = `handlers/${name}.js`;
      const code = readZip(readFileSync(join(folder, 'package', `${name}.zip`))).get(path);
      if (!code) throw new Error(`${name}.zip has no ${path}.`);
      const bundled = join(folder, 'bundled', path);
      mkdirSync(dirname(bundled), { recursive: true });
      writeFileSync(bundled, code);
      const unbundled = join(folder, 'unbundled', `${name}.mjs`);
      // Our own sources become one file here too, so that type stripping is not what is measured.
      await build({
        entryPoints: [join(SERVICE_DIR, `handlers/${name}.ts`)],
        outfile: unbundled,
        bundle: true,
        packages: 'external',
        platform: 'node',
        format: 'esm',
        target: 'node24',
      });
      return { name, bytes: code.length, bundled, unbundled };
    }),
  );
}

const folder = mkdtempSync(join(tmpdir(), 'fast-scaler-cold-'));
try {
  const candidates = await layOut(folder);
  const times = candidates.map(() => ({ bundled: [] as number[], unbundled: [] as number[] }));
  for (let round = 0; round < ROUNDS; round += 1) {
    candidates.forEach((candidate, i) => {
      times[i]?.bundled.push(loadMilliseconds(candidate.bundled));
      times[i]?.unbundled.push(loadMilliseconds(candidate.unbundled));
    });
  }
  const rows = candidates.map(({ name, bytes }, i) => {
    const bundled = median(times[i]?.bundled ?? []);
    const unbundled = median(times[i]?.unbundled ?? []);
    return { name, bytes, bundled, unbundled, ratio: bundled / unbundled };
  });
  console.log(`Node ${process.version}, medians of ${ROUNDS} fresh processes each\n`);
  console.log('function    bundle KB   load ms   unbundled ms   ratio');
  for (const { name, bytes, bundled, unbundled, ratio } of rows) {
    const cells = [
      name.padEnd(9),
      (bytes / 1000).toFixed(0).padStart(12),
      bundled.toFixed(0).padStart(10),
      unbundled.toFixed(0).padStart(15),
      ratio.toFixed(2).padStart(8),
    ];
    console.log(cells.join(''));
  }
  const missed = rows.filter(
    ({ name, bytes, ratio }) => bytes > mostBytes(name) || ratio > HIGHEST_RATIO,
  );
  const limits = `${MOST_BYTES.onTheWay / 1000} KB (${ASIDE.join(', ')}: ${MOST_BYTES.aside / 1000})`;
  console.log(
    missed.length === 0
      ? `\nEvery bundle is within ${limits} and loads in at most ${HIGHEST_RATIO} of the time.`
      : `\nMissed (${limits}, ${HIGHEST_RATIO} of the time): ${missed.map(({ name }) => name).join(', ')}`,
  );
  process.exitCode = missed.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}
