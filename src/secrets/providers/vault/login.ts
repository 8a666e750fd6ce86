import { defaultTimeouts, raceAbort, withAttempts } from '../../attempts.js';
import { isRecord } from '../../exact-json.js';
import { SecretFault } from '../../fault.js';
import type { ProviderInput } from '../contract.js';
import { SERVICE, type VaultClient } from './client.js';
import { errorsOf, faultOfAnswer } from './faults.js';

/** Gives a token, logging in when there is none to begin with. */
export interface TokenSource {
  /** How messages call it. */
  readonly name: string;
  get(signal: AbortSignal): Promise<string>;
  /** Another token in place of one that the server does not know (any more); undefined when there is none to be had. */
  renew(unknown: string, signal: AbortSignal): Promise<string | undefined>;
  /** Gives back what a login got. Never rejects. */
  close(): Promise<void>;
}

/** Why the server is not there for requests, as it says itself. */
export type Health = (signal: AbortSignal) => Promise<string | undefined>;

const SERVICE_ACCOUNT_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** How long the end of a run may be held up by giving the token back. */
const GOODBYE_MS = 2_000;

/**
 * The first that is configured: a token (`vault_token`, `VAULT_TOKEN`), AppRole (`VAULT_ROLE_ID` with
 * `VAULT_SECRET_ID`), Kubernetes (`VAULT_KUBERNETES_ROLE`), the token that `vault login` left in the home folder.
 * @throws SecretFault `secrets/no-credentials` when none is.
 */
export async function findCredentials(
  input: ProviderInput,
  client: VaultClient,
  health: Health,
): Promise<TokenSource> {
  const { settings, environment } = input;
  const configured = settings.get('vault_token');
  if (configured) return fixed(configured, 'the token of secrets.vault_token');
  const token = environment['VAULT_TOKEN'];
  if (token) return fixed(token, 'the token of VAULT_TOKEN');

  const roleId = environment['VAULT_ROLE_ID'];
  if (roleId) {
    const secretId = environment['VAULT_SECRET_ID'];
    const mount = environment['VAULT_APPROLE_MOUNT'] || 'approle';
    const body = { role_id: roleId, ...(secretId ? { secret_id: secretId } : {}) };
    return new Login(client, mount, body, health);
  }

  const role = environment['VAULT_KUBERNETES_ROLE'];
  if (role) {
    const file = environment['VAULT_KUBERNETES_TOKEN_FILE'] || SERVICE_ACCOUNT_TOKEN;
    const jwt = await readToken(input, file);
    if (jwt === undefined) {
      throw new SecretFault('secrets/no-credentials', `the service account token ${file} cannot be read`);
    }
    const mount = environment['VAULT_KUBERNETES_MOUNT'] || 'kubernetes';
    return new Login(client, mount, { role, jwt }, health);
  }

  const home = environment['HOME'];
  const left = home ? await readToken(input, `${home}/.vault-token`) : undefined;
  if (left !== undefined) return fixed(left, 'the token of ~/.vault-token');
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

function fixed(token: string, name: string): TokenSource {
  return {
    name,
    get: () => Promise.resolve(token),
    renew: () => Promise.resolve(undefined),
    close: () => Promise.resolve(),
  };
}

/** Logs in once for all requests, and once more when the token has run out. What was refused stays refused. */
class Login implements TokenSource {
  readonly name: string;
  readonly #client: VaultClient;
  readonly #mount: string;
  readonly #body: string;
  readonly #health: Health;
  readonly #end = new AbortController();
  readonly #tokens: string[] = [];
  #pending: Promise<string> | undefined;
  #renewed = false;

  constructor(client: VaultClient, mount: string, body: object, health: Health) {
    this.name = `the token of the login at auth/${mount}`;
    this.#client = client;
    this.#mount = mount;
    this.#body = JSON.stringify(body);
    this.#health = health;
  }

  get(signal: AbortSignal): Promise<string> {
    this.#pending ??= this.#logIn();
    this.#pending.catch(() => undefined);
    return raceAbort(this.#pending, signal);
  }

  async renew(unknown: string, signal: AbortSignal): Promise<string | undefined> {
    const before = this.#pending;
    const current = await this.get(signal);
    if (current !== unknown) return current;
    // Another request saw the same, and was first.
    if (this.#pending !== before) return this.get(signal);
    if (this.#renewed) return undefined;
    this.#renewed = true;
    this.#pending = this.#logIn();
    return this.get(signal);
  }

  async close(): Promise<void> {
    const { signal } = this.#end;
    const timer = setTimeout(() => this.#end.abort(new Error('over')), GOODBYE_MS);
    try {
      // A login that is under way would leave its token behind.
      await this.#pending?.catch(() => undefined);
      await Promise.all(
        this.#tokens.map((token) =>
          this.#client.send({ method: 'POST', path: 'auth/token/revoke-self', token, body: '{}', signal }),
        ),
      );
    } catch {
      // It runs out by itself.
    } finally {
      clearTimeout(timer);
      this.#tokens.length = 0;
    }
  }

  #logIn(): Promise<string> {
    // It has its own attempts: those of each reference would lock the role out for everybody.
    return withAttempts((signal) => this.#once(signal), defaultTimeouts, this.#end.signal);
  }

  async #once(signal: AbortSignal): Promise<string> {
    const what = `the login at auth/${this.#mount}`;
    const path = `auth/${this.#mount}/login`;
    let answer;
    try {
      answer = await this.#client.send({ method: 'POST', path, body: this.#body, signal });
    } catch (error) {
      throw error instanceof SecretFault ? duringLogin(error, what) : error;
    }
    if (answer.status === 200 && isRecord(answer.body) && isRecord(answer.body['auth'])) {
      const token = answer.body['auth']['client_token'];
      if (typeof token === 'string' && token !== '') {
        this.#tokens.push(token);
        return token;
      }
    }
    // Vault says 400 for a wrong role or secret id, 403 for a mount that is not there and a role that is locked.
    if ([400, 401, 403, 404].includes(answer.status) && errorsOf(answer) !== undefined) {
      throw new SecretFault('secrets/refused', `${SERVICE} refuses ${what}`, {
        hint: 'Check the role, its secret and the mount of the login method. Too many wrong attempts lock a role for a while.',
      });
    }
    const health = answer.status === 503 ? await this.#health(signal) : undefined;
    throw duringLogin(faultOfAnswer(answer, { what, health }), what);
  }
}

function duringLogin(fault: SecretFault, what: string): SecretFault {
  return new SecretFault(fault.code, `${what} failed: ${fault.reason}`, {
    ...(fault.hint === undefined ? {} : { hint: fault.hint }),
    retryable: fault.retryable,
    throttled: fault.throttled,
    ...(fault.retryAfterMs === undefined ? {} : { retryAfterMs: fault.retryAfterMs }),
  });
}
