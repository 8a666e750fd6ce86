import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, afterAll, describe, expect, it } from 'vitest';
import { commandEntries, program } from '../../commands/index.js';
import { main } from '../../commands/main.js';
import { FakeIo } from '../support/io.js';

const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-completion-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function script(shell: string): Promise<string> {
  const io = new FakeIo();
  expect(await main(['completion', shell], io)).toBe(0);
  expect(io.err).toBe('');
  return io.out;
}

beforeAll(async () => {
  for (const shell of ['bash', 'zsh', 'fish']) writeFileSync(join(folder, shell), await script(shell));
  writeFileSync(join(folder, 'config.yml'), '');
});

/** What bash offers for a line as typed so far; `=` is a word of its own there. */
function bash(line: string): string[] {
  const words = line.split(' ').flatMap((word) => (word.startsWith('--') ? word.split(/(=)/) : [word]));
  const code = `source ./bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tmi_dbtool; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const out = execFileSync('bash', ['--norc', '-c', code, 'bash', ...words], {
    cwd: folder,
    encoding: 'utf8',
  });
  return out.split('\n').filter((text) => text !== '');
}

describe('bash', () => {
  it('offers every command and group', () => {
    const first = new Set(commandEntries.map(({ name }) => name.split(' ')[0]));
    expect(bash('tmi-dbtool ').sort()).toEqual([...first].sort());
    expect(bash('tmi-dbtool imp')).toEqual(['import-legacy']);
  });

  it.each(['settings', 'db', 'config'])('offers the words of the group %s', (group) => {
    const words = commandEntries.flatMap(({ name }) =>
      name.startsWith(`${group} `) ? [name.split(' ')[1]] : [],
    );
    expect(words.length).toBeGreaterThan(0);
    expect(bash(`tmi-dbtool ${group} `)).toEqual(words);
  });

  it.each([
    ['tmi-dbtool settings get websocket.inact', ['websocket.inactivity_timeout_seconds']],
    [
      'tmi-dbtool --config config.yml settings unset websocket.inact',
      ['websocket.inactivity_timeout_seconds'],
    ],
    ['tmi-dbtool --config settings settings get --rev', ['--reveal']],
    ['tmi-dbtool import-legacy --on-conflict ', ['keep', 'overwrite']],
    ['tmi-dbtool import-legacy --on-conflict=', ['keep', 'overwrite']],
    ['tmi-dbtool import-legacy --on-conflict=o', ['overwrite']],
    ['tmi-dbtool import-legacy conf', ['config.yml']],
    ['tmi-dbtool import-legacy -f conf', ['config.yml']],
    ['tmi-dbtool --config conf', ['config.yml']],
    ['tmi-dbtool settings diff d', ['database', 'defaults']],
    ['tmi-dbtool settings diff database conf', ['config.yml']],
    ['tmi-dbtool validate-config --explain required', ['required-setting']],
    ['tmi-dbtool validate-config --ignore dri', ['drift']],
    ['tmi-dbtool config init --secrets a', ['aws', 'azure']],
    ['tmi-dbtool seed-settings --only auth.j', ['auth.jwt']],
    ['tmi-dbtool settings get --database-u', ['--database-url']],
    ['tmi-dbtool completion z', ['zsh']],
    ['tmi-dbtool db reset --confirm ', []],
    ['tmi-dbtool nonsense', []],
  ])('completes "%s"', (line, expected) => {
    expect(bash(line)).toEqual(expected);
  });

  it('offers every option of every command', async () => {
    for (const { name, load } of commandEntries) {
      const { Command } = await import('commander');
      const command = new Command();
      (await load()).define(command, new FakeIo(), () => undefined, program);
      const long = command.options.flatMap((option) => (option.long ? [option.long] : []));
      expect(bash(`tmi-dbtool ${name} --`), name).toEqual(expect.arrayContaining([...long, '--config']));
    }
  });
});

const has = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0;

describe.each(['zsh', 'fish'])('%s', (shell) => {
  it.skipIf(!has(shell))('can read its script', () => {
    const { status, stderr } = spawnSync(shell, ['-n', join(folder, shell)], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('is told of every command, the keys and the rules', async () => {
    const text = await script(shell);
    for (const { name } of commandEntries) expect(text, name).toContain(name);
    for (const word of ['websocket.inactivity_timeout_seconds', 'required-setting', 'azure']) {
      expect(text).toContain(word);
    }
  });
});

describe('fish', () => {
  const offered = (line: string): string[] => {
    const code = `source ${join(folder, 'fish')}; complete -C '${line}'`;
    const out = execFileSync('fish', ['--no-config', '-c', code], { cwd: folder, encoding: 'utf8' });
    return out.split('\n').flatMap((text) => (text === '' ? [] : [text.split('\t')[0] as string]));
  };
  it.skipIf(!has('fish')).each([
    ['tmi-dbtool imp', ['import-legacy']],
    ['tmi-dbtool settings get websocket.inact', ['websocket.inactivity_timeout_seconds']],
    ['tmi-dbtool config init --secrets a', ['aws', 'azure']],
    ['tmi-dbtool import-legacy --on-conflict ', ['keep', 'overwrite']],
    ['tmi-dbtool settings diff d', ['database', 'defaults']],
  ])('completes "%s"', (line, expected) => {
    expect(offered(line)).toEqual(expected);
  });
});

it('refuses a shell that it does not know, and names those that it does', async () => {
  const io = new FakeIo();
  expect(await main(['completion', 'tcsh'], io)).toBe(2);
  expect(io.err).toContain('bash, zsh, fish');
});
