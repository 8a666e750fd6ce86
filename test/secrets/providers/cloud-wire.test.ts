import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadEncryptionKeys, type Secrets } from '../../../src/secrets/index.js';
import type { SecretTimeouts } from '../../../src/secrets/attempts.js';
import { StoreHttp } from '../../../src/secrets/http/store-http.js';
import { crc32c } from '../../../src/secrets/providers/gcp/crc32c.js';
import { SecretValue } from '../../../src/values/secret-value.js';
import { failure } from '../../support/errors.js';
import { expectNoLeak, openSecrets, sourceOf } from '../../support/provider-suite.js';
import { startAws } from '../../support/stand-ins/aws.js';
import { startAzure } from '../../support/stand-ins/azure.js';
import { startGcp } from '../../support/stand-ins/gcp.js';
import type { Interference, Received } from '../../support/stand-ins/http-stand-in.js';
import { startOci } from '../../support/stand-ins/oci.js';
import { CANARY, type ProviderStandIn } from '../../support/stand-ins/provider-stand-in.js';

// What only one of the cloud services says, and what the tool makes of it.

let standIn: ProviderStandIn;
let secrets: Secrets;

async function open(
  start: () => Promise<ProviderStandIn>,
  options: {
    shared?: string;
    environment?: Record<string, string>;
    settings?: Record<string, string>;
    timeouts?: Partial<SecretTimeouts>;
  } = {},
): Promise<void> {
  standIn = await start();
  const { environment, ...others } = options;
  secrets = await openSecrets(standIn, {
    ...others,
    ...(environment ? { environment: { ...standIn.environment(), ...environment } } : {}),
  });
}

/** The service answers requests of some kind in these words. */
function say(answer: Interference, to: (request: Received) => boolean = () => true): void {
  if (standIn.http) standIn.http.interfere = (request) => (to(request) ? answer : undefined);
}

async function outcome(text: string): Promise<string> {
  const [result] = await secrets.tryResolve([sourceOf(text)]);
  expectNoLeak(result, standIn);
  if (result && 'value' in result) return result.value.reveal();
  return result?.state === 'failed' ? `${result.fault.code}: ${result.fault.reason}` : String(result?.state);
}

afterEach(async () => {
  await secrets.close();
  await standIn.close();
  vi.unstubAllEnvs();
});

describe('AWS Secrets Manager', () => {
  const fault = (type: string, Message: string): Interference => ({
    status: 400,
    body: { __type: type, Message: `${Message} ${CANARY}` },
    headers: { 'Content-Type': 'application/x-amz-json-1.1' },
  });
  const isFor = (id: string) => (request: Received) => request.body.includes(`"${id}"`);
  const noValue = "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT";

  it.each([
    ['has no current version', fault('ResourceNotFoundException', noValue)],
    ['marked for deletion', fault('InvalidRequestException', 'You can’t perform this operation')],
    ['has no value yet', { status: 200, body: { ARN: 'arn', Name: 'tmi' } }],
    ['is empty', { status: 200, body: { ARN: 'arn', Name: 'tmi', SecretString: ' ' } }],
  ] as const)('takes a shared secret that %s for no unset key', async (words, answer) => {
    await open(() => startAws(), { shared: 'tmi' });
    say(answer, isFor('tmi'));
    const error = await failure(loadEncryptionKeys(secrets));
    expect(error).toMatchObject({ code: 'secrets/unresolved' });
    expect(error.diagnostics[0]?.message).toContain(words);
    expect(await outcome('vault://jwt?default=taken')).toContain(words);
    expect(await outcome('vault://jwt?optional=true')).toContain(words);
  });

  it('forgives only that a named version is not there', async () => {
    await open(() => startAws());
    standIn.shelf.put('app', 'value');
    expect(await outcome('vault://app?version=AWSPREVIOUS&default=taken')).toBe('taken');
    say(fault('ResourceNotFoundException', noValue));
    expect(await outcome('vault://app?default=taken')).toContain('secrets/no-such-version');
  });

  it.each([
    ['ExpiredTokenException', 'expired', 'secrets/refused'],
    ['DecryptionFailure', 'no', 'secrets/refused'],
    ['AccessDeniedException', 'Access to KMS is not allowed', 'secrets/refused'],
    ['UnknownOperationException', 'what', 'secrets/unreachable'],
    ['ValidationException', 'no such name', 'secrets/no-such-secret'],
  ])('does not take %s of a second secret for a missing one', async (type, words, code) => {
    await open(() => startAws(), { shared: 'tmi' });
    standIn.shelf.putJson('tmi', { other: 'x' });
    say(fault(type, words), isFor('jwt'));
    expect(await outcome('vault://jwt?default=taken')).toContain(code);
  });

  it('sends nothing over plain http beyond this machine, unless that is allowed', async () => {
    const environment = { AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://aws.invalid' };
    await open(() => startAws(), { environment });
    expect(await outcome('vault://app?default=taken')).toContain('over plain http');
    await secrets.close();
    secrets = await openSecrets(standIn, {
      environment: { ...standIn.environment(), ...environment, TMI_DBTOOL_ALLOW_PLAIN_HTTP: '1' },
    });
    expect(await outcome('vault://app?default=taken')).toMatch(/cannot be reached \((ENOTFOUND|EAI_AGAIN)\)/);
  });

  it('keeps the text of numbers when a key is added, and makes a shared secret that is not there', async () => {
    await open(() => startAws(), { shared: 'tmi' });
    expect(await secrets.writeTarget('jwt')).toEqual({
      reference: 'vault://jwt',
      notes: ['new-document', 'no-check-and-set'],
    });
    await secrets.write('jwt', new SecretValue('1'), { replace: false });
    expect(standIn.shelf.secrets.get('tmi')).toEqual(['{"jwt":"1"}']);
    const stored = '{"a":1.10,"b":0.12345678901234567890,"c":1e400,"d":{"e":12345678901234567890}}';
    standIn.shelf.put('tmi', stored);
    await secrets.write('jwt', new SecretValue('1'), { replace: false });
    expect(standIn.shelf.secrets.get('tmi')?.at(-1)).toBe(`${stored.slice(0, -1)},"jwt":"1"}`);
    expect(await outcome('vault://d#e')).toBe('12345678901234567890');
    expect(await failure(secrets.write('jwt', new SecretValue('2'), { replace: false }))).toMatchObject({
      code: 'secrets/refused',
    });
  });

  it('says write when a write is refused', async () => {
    await open(() => startAws(), { shared: 'tmi' });
    standIn.shelf.putJson('tmi', { other: 'x' });
    say(fault('AccessDeniedException', 'no'), ({ headers }) =>
      /PutSecret/.test(headers['x-amz-target'] ?? ''),
    );
    const error = await failure(secrets.write('jwt', new SecretValue('1')));
    expect(error.message).toContain('refuses to write secret tmi');
  });

  it('hangs up on the request that it gives up, and on no other', async () => {
    await open(() => startAws({ mayBatch: false }), { timeouts: { requestMs: 300, attempts: 1 } });
    standIn.shelf.put('silent', 'x');
    standIn.shelf.put('quick', 'y');
    say(
      'slow',
      ({ headers, body }) => /\.GetSecret/.test(headers['x-amz-target'] ?? '') && body.includes('silent'),
    );
    const results = await secrets.tryResolve(
      ['silent', 'quick'].map((name) => sourceOf(`vault://${name}`, name)),
    );
    expect(results.map(({ state }) => state)).toEqual(['failed', 'resolved']);
    expect(standIn.http?.connections()).toBe(2);
    // Sooner than the server closes one that nobody uses.
    await expect.poll(() => standIn.http?.open(), { timeout: 2_000 }).toBe(1);
  });
});

describe('Azure Key Vault', () => {
  const answer = (attributes: object): Interference => ({
    status: 200,
    body: { value: 'v', id: 'https://x.vault.azure.net/secrets/app/1', attributes },
  });
  const hour = 3600;
  const now = Math.floor(Date.now() / 1000);
  const isRead = ({ path, headers }: Received) =>
    path.startsWith('/secrets/') && headers['authorization'] !== undefined;

  it.each([
    ['disabled', { enabled: false }],
    ['expired since', { enabled: true, exp: now - hour }],
    ['not valid before', { enabled: true, nbf: now + hour }],
  ])('says that a secret is %s', async (words, attributes) => {
    await open(startAzure);
    say(answer(attributes), isRead);
    expect(await outcome('vault://app?default=taken')).toContain(`secrets/refused: secret app is ${words}`);
    // To have it back, its version can be named.
    expect(await outcome('vault://app?version=1')).toBe('v');
  });

  it('takes a secret within its dates', async () => {
    await open(startAzure);
    say(answer({ enabled: true, nbf: now - hour, exp: now + hour }), isRead);
    expect(await outcome('vault://app')).toBe('v');
  });

  it.each([
    ['exp', 0, /^secrets\/refused: secret app is expired since/],
    ['exp', 1, /^v$/],
    ['nbf', 0, /^v$/],
    ['nbf', 1, /^secrets\/refused: secret app is not valid before/],
  ])(
    'takes the time in its attribute %s, %i seconds from now, as tokens do',
    async (name, from, expected) => {
      await open(startAzure);
      // As of RFC 7519: on or after `exp` no more, before `nbf` not yet.
      vi.useFakeTimers({ toFake: ['Date'] });
      vi.setSystemTime(now * 1000);
      try {
        say(answer({ enabled: true, [name]: now + from }), isRead);
        expect(await outcome('vault://app?default=taken')).toMatch(expected);
      } finally {
        vi.useRealTimers();
      }
    },
  );

  it('says so when the service refuses a disabled one', async () => {
    await open(startAzure);
    const error = { code: 'Forbidden', message: `no ${CANARY}`, innererror: { code: 'SecretDisabled' } };
    say({ status: 403, body: { error } }, isRead);
    expect(await outcome('vault://app?default=taken')).toContain('is disabled');
  });

  it.each([
    [404, {}],
    [404, { error: { code: 'ResourceNotFound' } }],
    [400, { error: { code: 'BadParameter' } }],
  ])('takes %i %j for no missing secret', async (status, body) => {
    await open(startAzure);
    say({ status, body }, isRead);
    expect(await outcome('vault://app?default=taken')).toMatch(/^secrets\//);
  });

  it('does not take trouble for a missing version', async () => {
    await open(startAzure);
    standIn.shelf.put('app', 'v');
    say({ status: 500, body: {} }, ({ path }) => path === '/secrets/app/');
    const version = standIn.versionName(8);
    expect(await outcome(`vault://app?version=${version}&default=taken`)).toContain('secrets/unreachable');
  });
});

describe('GCP Secret Manager', () => {
  const fault = (status: number, name: string): Interference => ({
    status,
    body: { error: { code: status, status: name, message: `words of today ${CANARY}` } },
  });
  const isSecret = ({ path }: Received) => path.startsWith('/v1/projects/');

  it('takes full names, of a region too, and the names of versions', async () => {
    await open(startGcp, { environment: { CLOUDSDK_X: '' } });
    standIn.shelf.put('app', 'old', 'new');
    const project = 'projects/stand-in-project';
    expect(await outcome(`vault://${project}/secrets/app`)).toBe('new');
    expect(await outcome(`vault://${project}/secrets/app/versions/1`)).toBe('old');
    expect(await outcome(`vault://${project}/locations/europe-west3/secrets/app?version=1`)).toBe('old');
    expect(standIn.fetches().map(({ path }) => path)).toEqual([
      `/v1/${project}/secrets/app/versions/latest:access`,
      `/v1/${project}/secrets/app/versions/1:access`,
      `/v1/${project}/locations/europe-west3/secrets/app/versions/1:access`,
    ]);
  });

  it('takes a full name for the shared secret', async () => {
    await open(startGcp, { settings: { gcp_secret_name: 'projects/stand-in-project/secrets/tmi' } });
    standIn.shelf.putJson('tmi', { jwt: 'v' });
    expect(await outcome('vault://jwt')).toBe('v');
  });

  it('tells a missing version by the status, not by words', async () => {
    await open(startGcp);
    standIn.shelf.put('app', 'v');
    say(fault(404, 'NOT_FOUND'), ({ path }) => path.endsWith('/versions/7:access'));
    expect(await outcome('vault://app?version=7')).toContain('secrets/no-such-version');
    expect(await outcome('vault://app?version=7&default=taken')).toBe('taken');
    say(fault(404, 'NOT_FOUND'), isSecret);
    expect(await outcome('vault://app?version=7')).toContain('secrets/no-such-secret');
    say(fault(503, 'UNAVAILABLE'), ({ path }) => path.endsWith('latest:access'));
    expect(await outcome('vault://app?version=8&default=taken')).toContain('secrets/unreachable');
  });

  it('takes a shared secret whose latest version is disabled for no unset key', async () => {
    await open(startGcp, { shared: 'tmi' });
    say(fault(400, 'FAILED_PRECONDITION'), ({ path }) => path.includes('/secrets/tmi/'));
    expect(await failure(loadEncryptionKeys(secrets))).toMatchObject({ code: 'secrets/unresolved' });
    expect(await outcome('vault://jwt?default=taken')).toContain('disabled or destroyed');
  });

  it.each([
    ['123456789', 0xe3069283],
    ['', 0],
  ])('has the check sum of %j as RFC 3720 has it', (text, sum) => {
    expect(crc32c(Buffer.from(text))).toBe(sum);
  });

  it('refuses a value that does not have the check sum of the service', async () => {
    await open(startGcp);
    const payload = (dataCrc32c: number): Interference => ({
      status: 200,
      body: {
        name: 'x',
        payload: { data: Buffer.from('value').toString('base64'), dataCrc32c: String(dataCrc32c) },
      },
    });
    say(payload(crc32c(Buffer.from('value'))), isSecret);
    expect(await outcome('vault://app')).toBe('value');
    say(payload(1), isSecret);
    const before = standIn.fetches().length;
    expect(await outcome('vault://app2?default=taken')).toBe(
      'secrets/unreachable: GCP Secret Manager sends a value that was changed on its way',
    );
    // It may go well the next time.
    expect(standIn.fetches().length - before).toBe(3);
  });

  it('takes a missing version for that also when the current one is disabled', async () => {
    await open(startGcp);
    standIn.shelf.put('app', 'v', 'destroyed');
    expect(await outcome('vault://app?version=7&default=taken')).toBe('taken');
    expect(await outcome('vault://app?default=taken')).toContain('disabled or destroyed');
    expect(await outcome('vault://app?version=1')).toBe('v');
  });

  it.each([
    ['https://gcp.invalid', 'https://gcp.invalid/'],
    ['http://gcp.invalid', 'http://gcp.invalid/'],
    ['https://gcp.invalid:8443', 'https://gcp.invalid:8443/'],
  ])('asks the endpoint %s at the port of its kind', async (endpoint, expected) => {
    const environment = {
      CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER: endpoint,
      TMI_DBTOOL_ALLOW_PLAIN_HTTP: '1',
    };
    await open(startGcp, { environment, timeouts: { attempts: 1 } });
    const send = vi.spyOn(StoreHttp.prototype, 'send').mockRejectedValue(new Error('not now'));
    await outcome('vault://app?default=taken');
    const [request] = send.mock.calls[0] ?? [];
    send.mockRestore();
    expect(request?.url).toMatch(new RegExp(`^${expected}v1/projects/`));
  });

  it.each(['gcp.invalid', 'ftp://gcp.invalid', 'xhttps://gcp.invalid'])(
    'has no endpoint %s, which is no address of its kind',
    async (endpoint) => {
      await open(startGcp, { environment: { CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER: endpoint } });
      expect(await outcome('vault://app?default=taken')).toBe(
        'secrets/provider-not-configured: CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER is no https address',
      );
    },
  );

  it('takes a 404 in other words for no missing secret', async () => {
    await open(startGcp);
    say({ status: 404, body: { message: 'Not Found' } }, isSecret);
    expect(await outcome('vault://app?default=taken')).toContain('secrets/unreachable');
  });
});

describe('OCI Vault', () => {
  it('refuses a kind of credentials that it does not know', async () => {
    await open(startOci, { environment: { OCI_CLI_AUTH: 'security_token' } });
    expect(await outcome('vault://app?default=taken')).toContain('secrets/provider-not-configured');
  });

  it('does not send a request on, also not on the same server, since it is signed for one address', async () => {
    await open(startOci);
    say({ status: 307, body: '', headers: { Location: '/elsewhere' } }, ({ path }) => path !== '/elsewhere');
    expect(await outcome('vault://app?default=taken')).toContain('secrets/unreachable');
    expect(standIn.http?.received.map(({ path }) => path)).not.toContain('/elsewhere');
  });

  it.each([
    [{ OCI_CLI_REGION: 'eu-zurich-1', OCI_REGION: 'eu-paris-1' }, 'eu-zurich-1'],
    [{ OCI_REGION: 'eu-paris-1' }, 'eu-paris-1'],
    [{}, 'eu-frankfurt-1'],
  ])('asks the region of %j without an endpoint, or that of the profile', async (variables, region) => {
    await open(startOci, {
      environment: { ...variables, OCI_CLI_ENDPOINT: '' },
      timeouts: { attempts: 1 },
    });
    const send = vi.spyOn(StoreHttp.prototype, 'send').mockRejectedValue(new Error('not now'));
    await outcome('vault://app?default=taken');
    const [request] = send.mock.calls[0] ?? [];
    send.mockRestore();
    expect(new URL(request?.url ?? '').host).toBe(`secrets.vaults.${region}.oci.oraclecloud.com`);
  });

  it('takes the kind that it is told', async () => {
    await open(startOci, { environment: { OCI_CLI_AUTH: 'api_key' } });
    standIn.shelf.put('app', 'v');
    expect(await outcome('vault://app')).toBe('v');
  });

  it('takes a 404 in other words for no missing secret', async () => {
    await open(startOci);
    say({ status: 404, body: { code: 'NotFound', message: CANARY } });
    expect(await outcome('vault://app?default=taken')).toContain('secrets/unreachable');
  });
});
