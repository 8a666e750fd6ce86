import { createHash, createHmac } from 'node:crypto';
import { startHttp, type Answer, type Received } from './http-stand-in.js';
import { CANARY, Shelf, type ProviderStandIn, type Stored } from './provider-stand-in.js';

const ACCESS_KEY = 'AKIASTANDIN';
const SECRET_KEY = 'stand-in-secret-access-key';
const REGION = 'eu-central-1';

const failure = (type: string, message: string, status = 400): Answer => ({
  status,
  body: { __type: type, Message: `${message} ${CANARY}` },
  headers: { 'Content-Type': 'application/x-amz-json-1.1' },
});

export interface AwsOptions {
  /** False: the role may read secrets one by one only. */
  readonly mayBatch?: boolean;
}

/** AWS Secrets Manager: JSON 1.1 over POST, the operation in a header, requests signed with Signature V4. */
export async function startAws(options: AwsOptions = {}): Promise<ProviderStandIn> {
  const shelf = new Shelf();
  let trouble: ReturnType<Shelf['nextTrouble']>;
  const http = await startHttp(
    (request) => {
      if (request.method !== 'POST' || request.path !== '/')
        return failure('UnknownOperationException', 'no', 404);
      if (request.headers['content-type'] !== 'application/x-amz-json-1.1')
        return failure('SerializationException', 'no');
      if (!isSigned(request))
        return failure('InvalidSignatureException', 'The request signature does not match');
      if (trouble === 'throttled') return failure('ThrottlingException', 'Rate exceeded');
      if (trouble === 'broken')
        return failure('InternalServiceError', 'An error occurred on the server side.', 500);
      if (trouble === 'refused') return failure('AccessDeniedException', 'User is not authorized');
      if (trouble === 'unauthorized')
        return failure('UnrecognizedClientException', 'The security token is invalid.');
      return operate(shelf, request, options.mayBatch ?? true);
    },
    () => {
      trouble = shelf.nextTrouble();
      return trouble === 'slow' || trouble === 'cut' || trouble === 'nonsense' ? trouble : undefined;
    },
  );
  return {
    name: 'aws',
    shelf,
    http,
    settings: (shared) => ({
      provider: 'aws',
      aws_region: REGION,
      ...(shared === undefined ? {} : { aws_secret_name: shared }),
    }),
    environment: () => ({
      AWS_ENDPOINT_URL_SECRETS_MANAGER: http.url,
      AWS_ACCESS_KEY_ID: ACCESS_KEY,
      AWS_SECRET_ACCESS_KEY: SECRET_KEY,
    }),
    bareEnvironment: () => ({ AWS_ENDPOINT_URL_SECRETS_MANAGER: http.url }),
    credentials: [SECRET_KEY],
    fetches: () => http.received.filter((r) => reads.includes(r.headers['x-amz-target'] ?? '')),
    versionName: versionId,
    nameOf: (path) => path,
    disconnect: () => http.close(),
    close: () => http.close(),
  };
}

const versionId = (index: number) => `0000000${index}-aaaa-bbbb-cccc-000000000000`;

/** Requests that read secrets, one or many. */
const reads = ['secretsmanager.GetSecretValue', 'secretsmanager.BatchGetSecretValue'];

function many(shelf: Shelf, ids: readonly string[]): Answer {
  const SecretValues = ids.flatMap((id) => {
    const stored = shelf.secrets.get(id)?.at(-1);
    return stored === undefined ? [] : [{ ARN: arnOf(id), Name: id, ...content(stored) }];
  });
  const Errors = ids
    .filter((id) => !shelf.secrets.has(id))
    .map((SecretId) => ({
      SecretId,
      ErrorCode: 'ResourceNotFoundException',
      Message: `Secrets Manager can't find the specified secret. ${CANARY}`,
    }));
  return { status: 200, body: { SecretValues, Errors } };
}

const arnOf = (id: string) => `arn:aws:secretsmanager:${REGION}:1:secret:${id}`;

function operate(shelf: Shelf, request: Received, mayBatch: boolean): Answer {
  const input = JSON.parse(request.body) as Record<string, string>;
  const operation = request.headers['x-amz-target']?.replace('secretsmanager.', '');
  const id = input['SecretId'] ?? input['Name'] ?? '';
  const versions = shelf.secrets.get(id);
  if (operation === 'BatchGetSecretValue') {
    if (!mayBatch) return failure('AccessDeniedException', 'User is not authorized');
    return many(shelf, (JSON.parse(request.body) as { SecretIdList: string[] }).SecretIdList);
  }
  if (operation === 'CreateSecret') {
    if (versions) return failure('ResourceExistsException', 'The secret already exists.');
    shelf.put(id, input['SecretString'] ?? '');
    return { status: 200, body: { ARN: 'arn', Name: id } };
  }
  if (!versions)
    return failure('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  if (operation === 'PutSecretValue') {
    shelf.put(id, ...versions, input['SecretString'] ?? '');
    return { status: 200, body: { ARN: 'arn', Name: id } };
  }
  if (operation !== 'GetSecretValue') return failure('UnknownOperationException', 'no', 404);
  const index =
    input['VersionId'] === undefined
      ? versions.length - 1
      : versions.findIndex((_, i) => versionId(i) === input['VersionId']);
  const stored =
    input['VersionStage'] === undefined || input['VersionStage'] === 'AWSCURRENT'
      ? versions[index]
      : undefined;
  if (stored === undefined) {
    return failure(
      'ResourceNotFoundException',
      "Secrets Manager can't find the specified secret value for the version.",
    );
  }
  return {
    status: 200,
    body: { ARN: arnOf(id), Name: id, ...content(stored) },
  };
}

function content(stored: Stored): object {
  return typeof stored === 'string'
    ? { SecretString: stored }
    : { SecretBinary: Buffer.from(stored).toString('base64') };
}

/** Signature V4, computed again from what arrived. */
function isSigned(request: Received): boolean {
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]+)$/.exec(
      request.headers['authorization'] ?? '',
    );
  if (!match) return false;
  const [, key, date = '', region = '', service = '', signed = '', signature] = match;
  if (key !== ACCESS_KEY || region !== REGION || service !== 'secretsmanager') return false;
  const headers = signed.split(';').map((name) => `${name}:${(request.headers[name] ?? '').trim()}\n`);
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  const canonical = [request.method, request.path, '', headers.join(''), signed, hash(request.body)].join(
    '\n',
  );
  const scope = `${date}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, hash(canonical)].join('\n');
  const derived = [date, region, service, 'aws4_request'].reduce<Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    Buffer.from(`AWS4${SECRET_KEY}`),
  );
  return createHmac('sha256', derived).update(toSign).digest('hex') === signature;
}
