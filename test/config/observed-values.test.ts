import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../src/config/environment.js';
import { readLeafValue } from '../../src/config/file-layer.js';
import { readLeaves } from '../../src/config/leaves.js';
import { keyOfLookup, keyOfSetting } from '../../src/config/setting-key.js';
import { parseYaml } from '../../src/config/yaml/parse.js';
import { ToolError } from '../../src/errors/index.js';
import { settingByEnv, settingByPath, type Setting } from '../../src/registry/index.js';

/** What a Go server 1.8.22 made of each text: `fixtures/observed/README.md`. */
interface Observed {
  readonly takes: readonly (readonly [text: string, value: string])[];
  readonly refuses: readonly string[];
}

function linesOf<Name extends string>(file: string): (Observed & Record<Name, string>)[] {
  return readFileSync(`fixtures/observed/${file}.jsonl`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Observed & Record<Name, string>);
}

/** Such a value is none of the setting's type in the file, whatever may be said about its size. */
const isEnforced = (setting: Setting | undefined): boolean => setting?.limits?.enforced === true;

/** Checked by rules, since it is not about the type alone. */
const ruled =
  /^(server\.(port|interface|cors\.allowed_origins)|database\.(url|redis\.(host|port))|auth\.(build_mode|jwt\.secret))$/;

function readYaml(path: string, yaml: string): string {
  const segments = path.split('.');
  const text = segments.map((key, i) => `${'  '.repeat(i)}${key}:`).join('\n') + ` ${yaml}\n`;
  try {
    const [leaf] = readLeaves(parseYaml(Buffer.from(text), 'c.yml').root);
    const key = leaf && keyOfLookup(leaf.lookup);
    if (!leaf || !key) return 'no setting';
    const value = readLeafValue(leaf, key, 'c.yml');
    return 'text' in value && value.text !== undefined ? `= ${value.text}` : value.kind;
  } catch (error) {
    if (error instanceof ToolError) return 'not read';
    throw error;
  }
}

describe('values of files that a server was given', () => {
  const lines = linesOf<'key'>('values').filter(({ key }) => settingByPath(key) !== undefined);

  it.each(lines)('$key is taken as that server takes it', ({ key, takes, refuses }) => {
    const setting = settingByPath(key);
    const wrong: unknown[] = [];
    for (const [yaml, value] of takes) {
      const got = readYaml(key, yaml);
      // Null leaves the default.
      const isRight =
        got === `= ${value}` ||
        (got === 'absent' && ['', '~', 'null'].includes(yaml)) ||
        (got === 'not read' && yaml.includes('\n')) ||
        (got === 'invalid' && isEnforced(setting));
      if (!isRight) wrong.push([yaml, value, got]);
    }
    for (const yaml of refuses) {
      const got = readYaml(key, yaml);
      // Rules look at what is needed, and at the origins of CORS.
      const isRight =
        got === 'invalid' ||
        got === 'not read' ||
        (ruled.test(key) && (got === 'absent' || got.startsWith('= ')));
      if (!isRight) wrong.push([yaml, 'refused', got]);
    }
    expect(wrong).toEqual([]);
  });

  it('are nearly all that were recorded', () => {
    expect(lines.reduce((sum, { takes, refuses }) => sum + takes.length + refuses.length, 0)).toBeGreaterThan(
      9800,
    );
  });
});

describe('values of variables that a server was given', () => {
  const lines = linesOf<'variable'>('variables').filter(({ variable }) => settingByEnv(variable));

  it.each(lines)('$variable is taken as that server takes it', ({ variable, takes, refuses }) => {
    const setting = settingByEnv(variable)!;
    const read = (text: string): string => {
      const { values, diagnostics } = readEnvironment({ [variable]: text });
      const value = values.get(keyOfSetting(setting).key);
      return value ? `= ${value.text}` : (diagnostics[0]?.code ?? 'absent');
    };
    const wrong: unknown[] = [];
    for (const [text, value] of takes) {
      const got = read(text);
      const isRight =
        got === `= ${setting.type === 'string_list' ? JSON.stringify(JSON.parse(value)) : value}` ||
        (got === 'config/invalid-variable' && isEnforced(setting));
      if (!isRight) wrong.push([text, value, got]);
    }
    // Which origins CORS takes is checked by a rule.
    if (variable === 'TMI_CORS_ALLOWED_ORIGINS') return;
    for (const text of refuses)
      if (read(text) !== 'config/invalid-variable') wrong.push([text, 'refused', read(text)]);
    expect(wrong).toEqual([]);
  });
});
