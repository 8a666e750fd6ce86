import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../src/config/environment.js';
import { parseYaml } from '../../src/config/yaml/parse.js';
import {
  readEnvironmentSource,
  readFileSource,
  resolveStoredSecrets,
  type ImportSource,
} from '../../src/legacy/read-source.js';
import type { Secrets, SecretSource } from '../../src/secrets/index.js';
import { SecretValue } from '../../src/values/index.js';
import { failure, thrown } from '../support/errors.js';

// Rows hold no reference: what a reference leads to is stored. Server 1.8 reads the secrets of content providers from the
// file alone, so that what is wrong with them stops an import only where they move.

const fileSource = (text: string, env: Record<string, string> = {}): ImportSource =>
  readFileSource(parseYaml(Buffer.from(text), 'config.yml'), readEnvironment(env));

/** A store that holds these, by reference, and notes what it is asked. */
function storeOf(held: Record<string, string>): { asked: SecretSource[][]; open: () => Promise<Secrets> } {
  const asked: SecretSource[][] = [];
  const resolve: Secrets['resolve'] = (sources) => {
    asked.push([...sources]);
    const found = sources.flatMap(({ key, text }): [string, SecretValue][] => {
      const value = held[text];
      return value === undefined ? [] : [[key, new SecretValue(value)]];
    });
    return Promise.resolve(new Map(found));
  };
  return { asked, open: () => Promise.resolve({ resolve } as unknown as Secrets) };
}
const closed = (): Promise<Secrets> => Promise.reject(new Error('nobody should have asked'));

const texts = ({ reading }: ImportSource): Record<string, string> =>
  Object.fromEntries(reading.statements.map(({ key, text }) => [key.path, text]));

const file = `auth: {jwt: {secret: vault://bootstrap/jwt}}
timmy:
  llm_api_key: vault://tmi/llm
  text_embedding_api_key: vault://tmi/embedding
operator: {name: vault://is/no/secret}
`;
const unfit = 'a\u0000b';

describe('secrets of a file that will be stored', () => {
  it('are what their references lead to, each asked for once with its place', async () => {
    const store = storeOf({ 'vault://tmi/llm': 'CANARY-1', 'vault://tmi/embedding': 'CANARY-2' });
    const source = await resolveStoredSecrets(fileSource(file), store.open);
    expect(texts(source)).toEqual({
      'timmy.llm_api_key': 'CANARY-1',
      'timmy.text_embedding_api_key': 'CANARY-2',
      'operator.name': 'vault://is/no/secret',
    });
    expect(store.asked).toEqual([
      [
        {
          key: 'timmy.llm_api_key',
          text: 'vault://tmi/llm',
          origin: { file: 'config.yml', position: { line: 3, column: 3 } },
        },
        {
          key: 'timmy.text_embedding_api_key',
          text: 'vault://tmi/embedding',
          origin: { file: 'config.yml', position: { line: 4, column: 3 } },
        },
      ],
    ]);
    expect(source.reading.remarks).toEqual(fileSource(file).reading.remarks);
    expect(source.reading.faultsIfMoved).toEqual([]);
  });

  it('open no store where there is no reference among them', async () => {
    const plain = fileSource('auth: {jwt: {secret: vault://jwt}}\ntimmy: {llm_api_key: in the clear}\n');
    const source = await resolveStoredSecrets(plain, closed);
    expect(source).toEqual(plain);
  });

  it('stay in the file where an optional reference leads to nothing, and are said to', async () => {
    const before = fileSource(file);
    const source = await resolveStoredSecrets(before, storeOf({ 'vault://tmi/llm': 'CANARY-1' }).open);
    expect(Object.keys(texts(source)).sort()).toEqual(['operator.name', 'timmy.llm_api_key']);
    const news = source.reading.remarks.slice(before.reading.remarks.length);
    expect(source.reading.remarks.slice(0, before.reading.remarks.length)).toEqual(before.reading.remarks);
    expect(
      news.map(({ leaf, key, action, reason, text }) => [leaf.name, key?.path, action, reason, text]),
    ).toEqual([
      ['timmy.text_embedding_api_key', 'timmy.text_embedding_api_key', 'stays', 'no-value', undefined],
    ]);
  });

  it('stop the import where they lead to what no server accepts, all of them at once', async () => {
    const store = storeOf({ 'vault://tmi/llm': unfit, 'vault://tmi/embedding': unfit });
    const error = await failure(resolveStoredSecrets(fileSource(file), store.open));
    expect(error.code).toBe('legacy/invalid-values');
    expect(error.message).toBe('2 values are not what any server accepts; nothing was written');
    expect(error.hint).toBe('Correct them and run the command again.');
    expect(error.diagnostics).toEqual(
      (['timmy.llm_api_key', 'timmy.text_embedding_api_key'] as const).map((key, index) => ({
        code: 'config/invalid-value',
        severity: 'error',
        key,
        file: 'config.yml',
        position: { line: 3 + index, column: 3 },
        message: expect.stringMatching(
          new RegExp(`^What ${key} refers to is not valid: expected \\S`),
        ) as string,
      })),
    );
  });

  it('stop it only where they move, when server 1.8 leaves them in the file', async () => {
    const text = `content_oauth: {providers: {google_drive: {enabled: true, client_id: a, client_secret: vault://g}}}\n`;
    const key = 'content_oauth.providers.google_drive.client_secret';
    const source = await resolveStoredSecrets(fileSource(text), storeOf({ 'vault://g': unfit }).open);
    expect(texts(source)).not.toHaveProperty([key]);
    expect(source.reading.faultsIfMoved).toMatchObject([
      {
        diagnostic: { code: 'config/invalid-value', key, severity: 'error', file: 'config.yml' },
        remark: { action: 'stays', reason: 'not-storable', key: { path: key }, leaf: { name: key } },
      },
    ]);
    const good = await resolveStoredSecrets(fileSource(text), storeOf({ 'vault://g': 'CANARY' }).open);
    expect(texts(good)).toMatchObject({ [key]: 'CANARY' });
    expect(good.reading.faultsIfMoved).toEqual([]);
  });
});

describe('secrets of variables', () => {
  const env = {
    TMI_TIMMY_LLM_API_KEY: 'vault://tmi/llm',
    TMI_OPERATOR_NAME: 'Ann',
    TMI_JWT_SECRET: 'vault://jwt',
  };
  const held = (source: ImportSource): Record<string, string> =>
    Object.fromEntries([...source.environment.values].map(([key, { text }]) => [key, text]));

  it('are what their references lead to, beside a file and by themselves', async () => {
    for (const source of [
      fileSource('operator: {name: Ann}\n', env),
      readEnvironmentSource(readEnvironment(env)),
    ]) {
      const store = storeOf({ 'vault://tmi/llm': 'CANARY-1' });
      const resolved = await resolveStoredSecrets(source, store.open);
      expect(held(resolved)).toMatchObject({
        'timmy.llm_api_key': 'CANARY-1',
        'operator.name': 'Ann',
        'auth.jwt.secret': 'vault://jwt',
      });
      const asked = {
        key: 'timmy.llm_api_key',
        text: 'vault://tmi/llm',
        origin: { variable: 'TMI_TIMMY_LLM_API_KEY' },
      };
      expect(store.asked).toEqual(source.document ? [[asked]] : [[asked], [asked]]);
      if (!source.document) expect(texts(resolved)).toMatchObject({ 'timmy.llm_api_key': 'CANARY-1' });
      expect(source.environment.values.get('timmy.llm_api_key')?.text).toBe('vault://tmi/llm');
    }
  });

  it('are not there where an optional reference leads to nothing', async () => {
    const source = readEnvironmentSource(readEnvironment(env));
    const resolved = await resolveStoredSecrets(source, storeOf({}).open);
    expect(held(resolved)).not.toHaveProperty(['timmy.llm_api_key']);
    expect(held(resolved)).toMatchObject({ 'operator.name': 'Ann' });
    expect(texts(resolved)).toEqual({ 'operator.name': 'Ann' });
    expect(resolved.reading.remarks).toEqual([]);
  });

  it('stop the import where they lead to what no server accepts', async () => {
    const store = storeOf({ 'vault://tmi/llm': unfit });
    const error = await failure(resolveStoredSecrets(fileSource('', env), store.open));
    expect(error).toMatchObject({
      code: 'legacy/invalid-values',
      message: 'A value is not what any server accepts; nothing was written',
      diagnostics: [{ key: 'timmy.llm_api_key', variable: 'TMI_TIMMY_LLM_API_KEY' }],
    });
  });
});

describe('variables with which no server starts', () => {
  it('stop an import where they are about settings of the database', () => {
    const faulty = { TMI_TIMMY_ENABLED: 'perhaps', TMI_OPERATOR_NAME: 'Ann' };
    for (const read of [() => fileSource('', faulty), () => readEnvironmentSource(readEnvironment(faulty))])
      expect(thrown(read)).toMatchObject({
        code: 'legacy/invalid-values',
        diagnostics: [{ key: 'timmy.enabled', variable: 'TMI_TIMMY_ENABLED' }],
      });
  });

  it('are no matter of an import where they are about others', () => {
    const faulty = { TMI_LOG_IS_DEV: 'perhaps', TMI_OPERATOR_NAME: 'Ann' };
    expect(readEnvironment(faulty).diagnostics).toHaveLength(1);
    expect(texts(readEnvironmentSource(readEnvironment(faulty)))).toEqual({ 'operator.name': 'Ann' });
    expect(fileSource('', faulty).reading.faultsIfMoved).toEqual([]);
  });

  it('are no settings of their own where they are bootstrap, empty, or of a file', () => {
    const env = { TMI_JWT_SECRET: 'x', TMI_OPERATOR_NAME: '', TMI_TIMMY_ENABLED: 'true', PORT: '8080' };
    const source = readEnvironmentSource(readEnvironment(env));
    expect(source.reading.statements).toEqual([
      expect.objectContaining({ text: 'true', leaves: [], renamed: false, variable: 'TMI_TIMMY_ENABLED' }),
    ]);
    expect(source).toMatchObject({ document: undefined, addressShadows: [] });
    expect(source.reading).toMatchObject({ remarks: [], renames: [], faultsIfMoved: [] });
  });
});
