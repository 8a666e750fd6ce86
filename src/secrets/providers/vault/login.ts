import { SecretFault } from '../../fault.js';
import type { ProviderInput } from '../contract.js';
import { faultOfAnswer, isRecord, SERVICE, type VaultRequest } from './client.js';

/** Gives a token, logging in when there is none to begin with. */
export type TokenSource = (signal: AbortSignal) => Promise<string>;

const SERVICE_ACCOUNT_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/**
 * The first that is configured: a token (`vault_token`, `VAULT_TOKEN`), AppRole (`VAULT_ROLE_ID` with
 * `VAULT_SECRET_ID`), Kubernetes (`VAULT_KUBERNETES_ROLE`), the token that `vault login` left in the home folder.
 * @throws SecretFault `secrets/no-credentials` when none is.
 */
export async function findCredentials(input: ProviderInput, request: VaultRequest): Promise<TokenSource> {
  const { settings, environment } = input;
  const token = settings.get('vault_token') ?? environment['VAULT_TOKEN'];
  if (token) return () => Promise.resolve(token);

  const roleId = environment['VAULT_ROLE_ID'];
  if (roleId) {
    const secretId = environment['VAULT_SECRET_ID'];
    const mount = environment['VAULT_APPROLE_MOUNT'] || 'approle';
    const body = { role_id: roleId, ...(secretId ? { secret_id: secretId } : {}) };
    return once((signal) => login(request, mount, body, signal));
  }

  const role = environment['VAULT_KUBERNETES_ROLE'];
  if (role) {
    const file = environment['VAULT_KUBERNETES_TOKEN_FILE'] || SERVICE_ACCOUNT_TOKEN;
    const jwt = await readToken(input, file);
    if (jwt === undefined) {
      throw new SecretFault('secrets/no-credentials', `the service account token ${file} cannot be read`);
    }
    const mount = environment['VAULT_KUBERNETES_MOUNT'] || 'kubernetes';
    return once((signal) => login(request, mount, { role, jwt }, signal));
  }

  const home = environment['HOME'];
  const left = home ? await readToken(input, `${home}/.vault-token`) : undefined;
  if (left !== undefined) return () => Promise.resolve(left);
  throw new SecretFault('secrets/no-credentials', `there are no credentials for ${SERVICE}`, {
    hint: 'Set secrets.vault_token or VAULT_TOKEN, VAULT_ROLE_ID and VAULT_SECRET_ID, or VAULT_KUBERNETES_ROLE.',
  });
}

async function readToken({ readFile }: ProviderInput, path: string): Promise<string | undefined> {
  try {
    const text = new TextDecoder().decode(await readFile(path)).trim();
    return text === '' ? undefined : text;
  } catch {
    return undefined;
  }
}

async function login(
  request: VaultRequest,
  mount: string,
  body: object,
  signal: AbortSignal,
): Promise<string> {
  const answer = await request('POST', `auth/${mount}/login`, { body, signal });
  if (answer.status === 200 && isRecord(answer.body) && isRecord(answer.body['auth'])) {
    const token = answer.body['auth']['client_token'];
    if (typeof token === 'string' && token !== '') return token;
  }
  if (answer.status === 400 || answer.status === 403 || answer.status === 404) {
    throw new SecretFault('secrets/refused', `${SERVICE} refuses the login at auth/${mount}`, {
      hint: 'Check the role, its secret and the mount of the login method.',
    });
  }
  throw faultOfAnswer(answer, `login at auth/${mount}`);
}

/** Logs in once for all requests; a login that failed is tried again. */
function once(source: TokenSource): TokenSource {
  let pending: Promise<string> | undefined;
  return (signal) => {
    pending ??= source(signal).catch((error: unknown) => {
      pending = undefined;
      throw error;
    });
    return pending;
  };
}
