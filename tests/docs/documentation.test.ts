import { describe, expect, it } from 'vitest';
import { parseAccountSettings, parseTargetSettings } from '../../lib/config/parse.ts';
import { isJson } from '../../lib/is-json.ts';
import { deadLinks, documentation, type Page, readPage } from './markdown.ts';
import { faultOf, mentionFault } from './programs.ts';
import { commandsOf, split } from './shell.ts';

const pages = documentation();
const each = pages.map((page) => [page.path, page] as const);

describe('links and anchors', () => {
  it.each(each)('of %s lead somewhere', (_, page) => {
    expect(deadLinks(page, pages)).toEqual([]);
  });

  it('are many', () => {
    expect(pages.flatMap(({ links }) => links).length).toBeGreaterThan(60);
  });
});

/** A placeholder stands for something of its kind. */
const filledIn = (words: readonly string[]) =>
  words.map((word) => (/^<[^>]+>$/.test(word) ? 'something' : word));

async function commandFaults(page: Page): Promise<string[]> {
  const faults: string[] = [];
  for (const block of page.blocks) {
    for (const { line, words } of commandsOf(block)) {
      const fault = await faultOf(filledIn(words));
      if (fault) faults.push(`${page.path}:${line}: ${fault}`);
    }
  }
  for (const { line, text } of page.spans) {
    const [words = []] = split(text);
    const bare = words[0] === 'npx' ? words.slice(1) : words;
    const isOwn = bare[0] === 'fast-scaler' && bare.length > 1 && bare[1] !== '…';
    const isPlain = /^(npm (run|test|ci)|npx serverless)\b/.test(text);
    const fault = isOwn ? mentionFault(bare.slice(1)) : isPlain ? await faultOf(words) : undefined;
    if (fault) faults.push(`${page.path}:${line}: ${fault}`);
  }
  return faults;
}

describe('commands', () => {
  it.each(each)('of %s can be given', async (_, page) => {
    expect(await commandFaults(page)).toEqual([]);
  });

  it('are many, and of every kind', () => {
    const programs = pages
      .flatMap(({ blocks }) => blocks.flatMap(commandsOf))
      .map(({ words }) => (words[0] === 'npx' ? words[1] : words[0]));
    expect(programs.length).toBeGreaterThan(30);
    for (const program of ['fast-scaler', 'npm', 'aws', 'serverless']) {
      expect(programs).toContain(program);
    }
  });
});

/** Parameters in blocks that say so, and in commands that put one. */
function parameterFaults(page: Page): string[] {
  const faults: string[] = [];
  const check = (line: number, text: string, isAccount: boolean) => {
    const parse = isAccount ? parseAccountSettings : parseTargetSettings;
    try {
      parse(text, 'the parameter');
    } catch (error) {
      faults.push(`${page.path}:${line}: ${(error as Error).message}`);
    }
  };
  for (const block of page.blocks) {
    if (block.language === 'hcl') {
      for (const [, text = ''] of block.text.matchAll(/jsonencode\((\{.*\})\)/g)) {
        check(block.line, text.replace(/(\w+) = /g, '"$1": '), false);
      }
    }
    if (block.language === 'json') {
      if (block.mark === 'parameter') check(block.line, block.text, false);
      else if (block.mark === 'defaults') check(block.line, block.text, true);
      else if (block.mark !== '') faults.push(`${page.path}:${block.line}: mark ${block.mark}`);
      else if (!isJson(block.text)) faults.push(`${page.path}:${block.line}: no JSON`);
    }
    for (const { line, words } of commandsOf(block)) {
      const name = words[words.indexOf('--name') + 1] ?? '';
      const value = words[words.indexOf('--value') + 1] ?? '';
      if (!words.includes('put-parameter') || !name.startsWith('/fast-scaler/')) continue;
      check(line, value, name === '/fast-scaler/defaults');
    }
  }
  return faults;
}

describe('JSON', () => {
  it.each(each)('of %s is what it says it is', (_, page) => {
    expect(parameterFaults(page)).toEqual([]);
  });
});

describe('a fault is found:', () => {
  const page = (text: string) => readPage('docs/none.md', text);
  const sh = (command: string) => page(`\`\`\`sh\n${command}\n\`\`\``);

  it.each([
    ['a file that there is not', '[a](nowhere.md)', /there is no docs\/nowhere\.md/],
    ['a heading that there is not', '# One\n[a](#two)', /no heading #two/],
    ['a heading of another page', '[a](metrics.md#nothing)', /metrics\.md has no heading #nothing/],
    ['a way out of the repository', '[a](../../etc/passwd)', /leads out/],
  ])('%s', (_, text, expected) => {
    expect(deadLinks(page(text), pages).join('\n')).toMatch(expected);
  });

  it.each([
    ['a heading with punctuation', '# What is it: `a` & "b"?\n[a](#what-is-it-a--b)'],
    ['the second heading of a name', '# One\n# One\n[a](#one-1)'],
    ['a link in code', '`[a](nowhere.md)`'],
    ['a link of the web', '[a](https://example.com/#x)'],
    ['a folder', '[a](decisions/)'],
  ])('and none in %s', (_, text) => {
    expect(deadLinks(page(text), pages)).toEqual([]);
  });

  it.each([
    ['an option that there is not', 'fast-scaler status --colour'],
    ['a command that there is not', 'npx fast-scaler stauts'],
    ['an argument that is missing', 'fast-scaler explain'],
    ['an argument too many', 'fast-scaler status a b'],
    ['a value that is refused', 'fast-scaler backtest checkout --days 99'],
    ['a choice that there is not', 'fast-scaler resume checkout --mode fly'],
    ['a script that there is not', 'npm run nothing'],
    ['an option of a script', 'npm run bench -- --trace DIR'],
    ['a service that nobody knows', 'aws nothing describe-it'],
    ['an operation that there is not', 'aws ssm put-parameters --name a'],
    ['an option of an operation', 'aws ssm put-parameter --names a'],
    ['a command behind another', 'npm ci && npm run nothing'],
    ['a command in a second line', 'aws ssm put-parameter \\\n  --nam a'],
    ['a deploy tool’s command', 'npx serverless destroy'],
    ['a program that nobody knows', 'frobnicate --all'],
  ])('%s', async (_, command) => {
    expect(await commandFaults(sh(command))).toHaveLength(1);
  });

  it.each([
    ['a mention of an option that there is not', '`fast-scaler status --colour`'],
    ['a mention of a command that there is not', '`fast-scaler prewar checkout`'],
    ['a mention of a script that there is not', '`npm run nothing`'],
  ])('%s', async (_, text) => {
    expect(await commandFaults(page(text))).toHaveLength(1);
  });

  it.each([
    ['a mention with placeholders', '`fast-scaler explain TARGET [--at TIME]`'],
    ['output of a command', '```console\n$ fast-scaler status\nnonsense --here\n```'],
    ['quotes', '```sh\naws ssm put-parameter --name a --value \'{"a b": 1}\' --type String\n```'],
  ])('and none in %s', async (_, text) => {
    expect(await commandFaults(page(text))).toEqual([]);
  });

  it.each([
    ['a parameter with a misspelt key', '```json parameter\n{"riskPrize": 3}\n```'],
    ['a parameter out of its bounds', '```json parameter\n{"riskPrice": 0}\n```'],
    ['defaults with a key of nobody', '```json defaults\n{"discovery": true}\n```'],
    ['a parameter in Terraform', '```hcl\nvalue = jsonencode({ riskPrize = 3 })\n```'],
    ['a mark that means nothing', '```json example\n{}\n```'],
    ['no JSON', '```json\n{a: 1}\n```'],
    [
      'a parameter in a command',
      '```sh\naws ssm put-parameter --name /fast-scaler/targets/a/b --value \'{"x": 1}\'\n```',
    ],
  ])('%s', (_, text) => {
    expect(parameterFaults(page(text))).toHaveLength(1);
  });

  it('and none in a parameter of Terraform that is valid', () => {
    const terraform = page('```hcl\nvalue = jsonencode({ riskPrice = 3, mode = "act" })\n```');
    expect(parameterFaults(terraform)).toEqual([]);
  });

  it('a block that is not closed', () => {
    expect(() => page('```sh\nnpm ci')).toThrow('not closed');
  });
});
