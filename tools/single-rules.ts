// How near the choice among the rules comes to hindsight: the bench with the law as it is, with each rule
// alone for all levels, and with the rule for each cell that turned out best there.
import { wholeFromOne } from '../cli/options.ts';
import { runTool, tool } from '../cli/tool.ts';
import { type Loads, type Played, play } from './bench-copy.ts';
import { bestInHindsight, SINGLE_RULES, singleRulesTable } from './single-rules-table.ts';
import { requireApplicable } from './spoilt-copy.ts';

const program = tool(
  'bench:rules',
  'How near the choice among the rules comes to hindsight, on the bench.',
)
  .option('--traces <dir>', 'folder of .csv or .csv.gz (second,requests); default: generated ones')
  .option('--peak-instances <n>', 'instances that the busiest minute needs', wholeFromOne, 16);

await runTool(program, main);

async function main(loads: Loads): Promise<void> {
  requireApplicable(
    SINGLE_RULES.flatMap(({ what, edits }) => edits.map((edit) => ({ what, ...edit }))),
    'tools/single-rules-table.ts',
  );
  const law = { what: 'the rule that its shadows chose (the law)', edits: [] };
  const [whole, ...singles] = await play([law, ...SINGLE_RULES], loads);
  const best = bestInHindsight('the best single rule of each cell, in hindsight', singles);
  process.stdout.write(`${singleRulesTable([whole as Played, best, ...singles])}\n`);
}
