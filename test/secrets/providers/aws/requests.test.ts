import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Secrets } from '../../../../src/secrets/index.js';
import { SecretValue } from '../../../../src/values/secret-value.js';
import { failure } from '../../../support/errors.js';
import { openSecrets, sourceOf } from '../../../support/provider-suite.js';
import { startAws } from '../../../support/stand-ins/aws.js';
import type { ProviderStandIn } from '../../../support/stand-ins/provider-stand-in.js';

// What AWS Secrets Manager is asked for, and what is written there.

let standIn: ProviderStandIn;
let secrets: Secrets;

async function open(shared?: string): Promise<void> {
  standIn = await startAws();
  secrets = await openSecrets(standIn, shared === undefined ? {} : { shared });
}

afterEach(async () => {
  await secrets.close();
  await standIn.close();
  vi.unstubAllEnvs();
});

describe('the region', () => {
  it.each([
    [{ aws_region: 'eu-west-1' }, { AWS_REGION: 'eu-west-2', AWS_DEFAULT_REGION: 'eu-west-3' }, 'eu-west-1'],
    [{ aws_region: '' }, { AWS_REGION: 'eu-west-2', AWS_DEFAULT_REGION: 'eu-west-3' }, 'eu-west-2'],
    [{ aws_region: '' }, { AWS_DEFAULT_REGION: 'eu-west-3' }, 'eu-west-3'],
    [{ aws_region: '' }, {}, 'the region of the profile'],
  ])('of %j and %j is %s', async (settings, variables, region) => {
    standIn = await startAws();
    const environment = { ...standIn.environment(), ...variables };
    secrets = await openSecrets(standIn, { settings, environment });
    expect(await secrets.describeProvider()).toBe(`AWS Secrets Manager in ${region}`);
  });
});

describe('a version', () => {
  const of = (length: number) => 'a'.repeat(length);

  it.each([
    ['00000000-aaaa-bbbb-cccc-000000000000', 'VersionId'],
    [of(32), 'VersionId'],
    [of(64), 'VersionId'],
    [of(31), 'VersionStage'],
    [of(65), 'VersionStage'],
    ['AWSPREVIOUS', 'VersionStage'],
    [`${of(40)}_`, 'VersionStage'],
    [`_${of(40)}`, 'VersionStage'],
  ])('%s is asked for as a %s', async (version, field) => {
    await open();
    await secrets.tryResolve([sourceOf(`vault://app?version=${version}`)]);
    const [asked] = standIn.fetches();
    expect(JSON.parse(asked?.body ?? '')).toEqual({ SecretId: 'app', [field]: version });
  });
});

it('a request is not sent on, also not on the same server, since it is signed for one address', async () => {
  await open();
  if (standIn.http) {
    standIn.http.interfere = ({ path }) =>
      path === '/' ? { status: 307, body: '', headers: { Location: '/elsewhere' } } : undefined;
  }
  const [result] = await secrets.tryResolve([sourceOf('vault://app')]);
  expect(result).toMatchObject({ state: 'failed', fault: { code: 'secrets/unreachable' } });
  expect(standIn.http?.received.map(({ path }) => path)).toEqual(['/']);
});

describe('a write into a secret of its own', () => {
  const write = (text: string, replace: boolean) => secrets.write('app', new SecretValue(text), { replace });
  const stored = () => standIn.shelf.secrets.get('app');

  it('makes it, and says of no shared secret that it is made', async () => {
    await open();
    expect(await secrets.writeTarget('app')).toEqual({
      reference: 'vault://app',
      notes: ['no-check-and-set'],
    });
    expect(await write('1', false)).toBe('vault://app');
    expect(stored()).toEqual(['1']);
  });

  it('replaces what is there when it may, and what is empty in any case', async () => {
    await open();
    standIn.shelf.put('app', '{"an":"object"}');
    await write('2', true);
    standIn.shelf.put('app', '');
    await write('3', false);
    expect(stored()).toEqual(['', '3']);
  });

  it('is done when the value is there already, and replaces no other', async () => {
    await open();
    standIn.shelf.put('app', '1');
    expect(await write('1', false)).toBe('vault://app');
    expect(await failure(write('2', false))).toMatchObject({
      code: 'secrets/refused',
      message: expect.stringContaining('secret app was changed by somebody else meanwhile') as unknown,
    });
    expect(stored()).toEqual(['1']);
    expect(await write('2', true)).toBe('vault://app');
    expect(stored()).toEqual(['1', '2']);
  });
});

it('a write into a shared secret is done when its key has the value already', async () => {
  await open('tmi');
  standIn.shelf.putJson('tmi', { jwt: '1' });
  expect((await secrets.writeTarget('other')).notes).toEqual(['no-check-and-set']);
  expect(await secrets.write('jwt', new SecretValue('1'), { replace: false })).toBe('vault://jwt');
  expect(standIn.shelf.secrets.get('tmi')).toEqual(['{"jwt":"1"}']);
});
