import { ESLint, Linter } from 'eslint';
import { parser } from 'typescript-eslint';
import { describe, expect, it } from 'vitest';

/*
 * The linter refuses imports of what one place alone may use, and is deaf to what is fetched at run time. The project's
 * own rule hears it; this holds the rule to its ways, and the configuration to the rule.
 */

const linter = new Linter();
const eslint = new ESLint({ cwd: new URL('../..', import.meta.url).pathname });
const configOf = async (file: string): Promise<Linter.Config> =>
  (await eslint.calculateConfigForFile(file)) as Linter.Config;
const { plugins = {} } = await configOf('commands/new.ts');
const restrictions = [{ names: ['node:fs', 'fs'], message: 'Files have their place.' }];

const faults = (code: string): (string | undefined)[] =>
  linter
    .verify(code, {
      languageOptions: { parser },
      plugins: { project: plugins['project'] ?? {} },
      rules: { 'project/dynamic-imports': ['error', restrictions] },
    })
    .map(({ messageId, message }) => messageId ?? message);

describe('the rule', () => {
  it.each([
    ["await import('node:fs')", 'restricted'],
    ["await import('node:fs/promises')", 'restricted'],
    ["const { open } = await import('fs')", 'restricted'],
    ['await import(`node:fs`)', 'restricted'],
    ["require('fs')", 'restricted'],
    ["module.require('fs')", 'restricted'],
    ["module['require']('fs')", 'restricted'],
    ["process.getBuiltinModule('node:fs')", 'restricted'],
    ["import fs = require('node:fs')", 'restricted'],
    ["const name = 'fs'; await import(name)", 'unnamed'],
    ["await import('node:' + 'fs')", 'unnamed'],
    ["import { createRequire } from 'node:module'; createRequire('x')('fs')", 'maker'],
  ])('finds %s', (code, found) => {
    expect(faults(code)).toEqual([found]);
  });

  it.each(["await import('node:net')", "await import('./own.js')", "import type { Stats } from 'node:fs'"])(
    'lets %s be',
    (code) => expect(faults(code)).toEqual([]),
  );
});

describe('the configuration', () => {
  const restrictedIn = async (file: string): Promise<string[]> => {
    const { rules } = await configOf(file);
    const [severity, options] = rules?.['project/dynamic-imports'] as [number, { names: string[] }[]];
    return severity === 2 ? options.flatMap(({ names }) => names) : [];
  };

  it.each([
    'commands/new.ts',
    'bin/new.ts',
    'src/new.ts',
    'src/new/new.ts',
    'src/backup/new.ts',
    'src/config/new.ts',
  ])('has it for %s', async (file) =>
    expect(await restrictedIn(file)).toEqual(expect.arrayContaining(['node:fs', 'fs'])),
  );

  it('spares those alone that open files', async () => {
    for (const file of ['src/config/files/new.ts', 'src/database/dialects/sqlite/new.ts']) {
      expect(await restrictedIn(file)).not.toContain('node:fs');
    }
    expect(await restrictedIn('commands/output/new.ts')).toContain('node:http');
    expect(await restrictedIn('src/secrets/new.ts')).toContain('node:child_process');
  });
});
