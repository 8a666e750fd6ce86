import { describe, expect, it } from 'vitest';
import { buildModeOf } from '../../src/config/build-mode.js';
import { readEnvironment } from '../../src/config/environment.js';
import { readFileLayer } from '../../src/config/file-layer.js';
import { readLeaves } from '../../src/config/leaves.js';
import { statedFor, type Stated, type StatedFile } from '../../src/config/stated.js';
import { parseYaml } from '../../src/config/yaml/parse.js';

function file(text: string, name = 'config.yml'): StatedFile {
  const leaves = readLeaves(parseYaml(Buffer.from(text), name).root);
  return { name, leaves, layer: readFileLayer(leaves, name) };
}

const stated = (path: string, env: Record<string, string>, ...files: string[]): Stated =>
  statedFor(
    path,
    readEnvironment(env),
    files.map((text, index) => file(text, `${index}.yml`)),
  );

/** The value, or the place of what is not valid, or nothing. */
function shown(found: Stated): string | undefined {
  if (found.kind === 'nothing') return undefined;
  if (found.kind === 'value') return found.value.text;
  const { code, key, variable, file: name, position } = found.diagnostic;
  return `${code} ${key ?? ''} ${variable ?? `${name ?? ''}:${position?.line ?? 0}`}`;
}

describe('what is stated for a setting', () => {
  it('is the variable, else the first file that says something', () => {
    const [first, second] = ['server: {port: "1"}\n', 'server: {port: "2"}\n'];
    expect(shown(stated('server.port', { TMI_SERVER_PORT: '3' }, first, second))).toBe('3');
    expect(shown(stated('server.port', {}, first, second))).toBe('1');
    expect(shown(stated('server.port', {}, 'a: b\n', second))).toBe('2');
    expect(shown(stated('server.port', { TMI_SERVER_PORT: '' }))).toBeUndefined();
    expect(stated('no.such.setting', {}).kind).toBe('nothing');
  });

  it.each(['Vault', 'hashicorp', 'AWS', ' aws', 'nonsense'])('is not valid for the provider %j', (text) => {
    const env = { TMI_SECRETS_PROVIDER: text };
    const variable = 'config/invalid-variable secrets.provider TMI_SECRETS_PROVIDER';
    // What stands below a variable is not what was asked for.
    expect(shown(stated('secrets.provider', env, 'secrets: {provider: aws}\n'))).toBe(variable);
    const written = `secrets: {provider: ${JSON.stringify(text)}}\n`;
    expect(shown(stated('secrets.provider', {}, written, 'secrets: {provider: aws}\n'))).toBe(
      'config/invalid-value secrets.provider 0.yml:1',
    );
  });

  it.each(['secrets: vault\n', 'secrets: [vault]\n', 'secrets: {provider: [vault]}\n', 'secrets: ""\n'])(
    'is not valid where the block or the value has another form: %j',
    (text) => {
      expect(shown(stated('secrets.provider', {}, text))).toBe(
        'config/invalid-value secrets.provider 0.yml:1',
      );
    },
  );

  it.each(['secrets:\n', 'secrets: {}\n', 'secrets: {provider: null}\n', '{}\n'])(
    'is nothing where nothing is written: %j',
    (text) => {
      expect(stated('secrets.provider', {}, text).kind).toBe('nothing');
    },
  );
});

describe('the build mode', () => {
  it.each([
    ['dev', 'dev'],
    ['test', 'test'],
    ['production', 'production'],
    ['Production', 'production'],
    ['PRODUCTION', 'production'],
    ['prod', 'production'],
    [' production', 'production'],
    ['Dev', 'production'],
    [' ', 'production'],
    ['', undefined],
  ])('%j counts as %s', (text, mode) => {
    expect(buildModeOf(stated('auth.build_mode', { TMI_BUILD_MODE: text }))).toBe(mode);
    const written = `auth: {build_mode: ${JSON.stringify(text)}}\n`;
    expect(buildModeOf(stated('auth.build_mode', {}, written))).toBe(mode);
  });

  it('is that of the variable, also where the file says another one', () => {
    const dev = 'auth: {build_mode: dev}\n';
    expect(buildModeOf(stated('auth.build_mode', { TMI_BUILD_MODE: 'prod' }, dev))).toBe('production');
    expect(buildModeOf(stated('auth.build_mode', {}, 'auth: production\n'))).toBe('production');
  });
});
