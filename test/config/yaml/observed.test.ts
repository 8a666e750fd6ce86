import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readFileLayer } from '../../../src/config/file-layer.js';
import { readLeaves } from '../../../src/config/leaves.js';
import { parseYaml, type YamlText } from '../../../src/config/yaml/parse.js';
import { readYamlText } from '../../../src/config/yaml/read-text.js';
import { ToolError, type Diagnostic } from '../../../src/errors/index.js';
import { offlineTiers } from '../../../src/preflight/selection.js';
import { validate } from '../../../src/preflight/validate.js';

/** One odd file as a Go server 1.8.22 took it: `fixtures/observed/README.md`. */
interface Observed {
  readonly what: string;
  readonly base64: string;
  readonly loads: boolean;
  readonly 'operator.name'?: string;
}

const observed = readFileSync('fixtures/observed/files.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Observed);

/** What that server reads and the tool refuses on purpose, with what to do. */
const stricter: Readonly<Record<string, string>> = {
  'alias-bomb': 'config/too-many-aliases',
  cr: 'config/invalid-yaml',
  deep: 'config/too-deep',
  'deep-map': 'config/too-deep',
  excl: 'config/unsupported-yaml',
  'garbage-after-end': 'config/several-documents',
  'self-alias': 'config/invalid-yaml',
  twodocs: 'config/several-documents',
  utf16be: 'config/not-utf8',
  utf16le: 'config/not-utf8',
};

async function faultsOf(read: () => YamlText | Promise<YamlText>): Promise<readonly Diagnostic[]> {
  try {
    await read();
    return [];
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return error.diagnostics;
  }
}

describe('odd files that a server was given', () => {
  it.each(observed)('$what is read as that server reads it', async ({ what, base64, loads, ...rest }) => {
    const bytes = Buffer.from(base64, 'base64');
    const { findings } = await validate({ name: 'c.yml', bytes }, {}, { tiers: offlineTiers, server: '1.8' });
    const errors = findings.filter(({ severity }) => severity === 'error');
    if (!loads) expect(errors).not.toEqual([]);
    const faults = await faultsOf(() => parseYaml(bytes, 'c.yml'));
    expect(await faultsOf(() => readYamlText(bytes, 'c.yml'))).toEqual(faults);
    for (const { position, hint } of faults)
      expect({ position, hint }).not.toMatchObject({ hint: undefined });
    if (!loads) return;
    expect(faults[0]?.code).toBe(stricter[what]);
    if (faults.length > 0) return;
    const layer = readFileLayer(readLeaves(parseYaml(bytes, 'c.yml').root), 'c.yml');
    expect(layer.values.get('operator.name')?.text ?? '').toBe(rest['operator.name']);
  });

  it.each([
    ...['1.2', '1.10', '1.2 %YAML 1.1'].map((version): [string, string, string] => [
      `%YAML ${version}\n---\na: b\n`,
      '1:1',
      'Remove the line',
    ]),
    ['a: "x\\\\\\/y"\n', '1:8', 'Write / without'],
    ['"k\\/": b\n', '1:3', 'Write / without'],
    ['a: ["\\uD83D\\uDE00"]\n', '1:6', 'The escape \\uD83D'],
    ['a: "\\U0000DE00"\n', '1:5', 'The escape \\U0000DE00'],
  ])('%j is refused at %s', async (text, place, said) => {
    const [fault] = await faultsOf(() => readYamlText(Buffer.from(text), 'c.yml'));
    expect(`${fault?.position?.line}:${fault?.position?.column}`).toBe(place);
    expect(`${fault?.message} ${fault?.hint}`).toContain(said);
  });

  // The scanner that yaml.v3 was made of skips blanks and tabs on both sides of the version, then a comment.
  it.each([' 1.1', '  1.1', '\t1.1', ' 1.1 ', ' 1.1 \t# 1.1 and no more'])(
    'the directive with %j is taken',
    async (rest) => {
      expect(await faultsOf(() => readYamlText(Buffer.from(`%YAML${rest}\n---\na: b\n`), 'c.yml'))).toEqual(
        [],
      );
    },
  );

  it.each(['%YAML 1.1\n---\na: b\n', 'a: "x\\\\/y"\n', "a: '\\/'\n", 'a: "\\U0001F600"\n', 'a: x\\/y\n'])(
    '%j is taken',
    async (text) => {
      expect(await faultsOf(() => readYamlText(Buffer.from(text), 'c.yml'))).toEqual([]);
    },
  );
});
