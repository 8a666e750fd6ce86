import { startAws } from '../stand-ins/aws.js';
import { startAzure } from '../stand-ins/azure.js';
import { startGcp } from '../stand-ins/gcp.js';
import type { Interference, Received } from '../stand-ins/http-stand-in.js';
import { startOci } from '../stand-ins/oci.js';
import type { ProviderStandIn } from '../stand-ins/provider-stand-in.js';
import { ROLE, startVault } from '../stand-ins/vault.js';

/** What meets a request in place of the store's answer. */
const html = (status: number): Interference => ({
  status,
  body: `<html><body>${status}</body></html>`,
  headers: { 'Content-Type': 'text/html' },
});
const errors = (status: number, ...words: string[]): Interference => ({ status, body: { errors: words } });
/** Met at every request of every command. */
const always: Readonly<Record<string, Interference>> = {
  throttled: { status: 429, body: { message: 'slow down' }, headers: { 'Retry-After': '0' } },
  'behind a page that says 404': html(404),
};
export const isAlways = (trouble: string): boolean => trouble in always;
const everywhere: Readonly<Record<string, Interference>> = {
  ...always,
  'in a fault of its own': { status: 500, body: {} },
  unavailable: { status: 503, body: '' },
  'behind a page': html(200),
  'behind a page that says 403': html(403),
  'another server that knows no such path': { status: 404, body: { message: 'Not Found' } },
  'another server that answers all with success': { status: 200, body: { status: 'ok' } },
  'another server, by a redirect': { status: 307, body: '', headers: { Location: 'http://127.0.0.1:1/' } },
  'cut off': 'cut',
  'cut short': 'nonsense',
};
const inVault: Readonly<Record<string, Interference>> = {
  sealed: errors(503, 'Vault is sealed'),
  'without such a namespace': errors(404, 'namespace not found'),
  'without such a mount': errors(404, 'no handler for route "secret/x". route entry not found.'),
  'not told of the token': errors(403, 'permission denied'),
  'refusing by policy': errors(403, '1 error occurred:\n\t* permission denied\n\n'),
  'being upgraded': errors(400, 'Upgrading from non-versioned to versioned data. This backend will be back.'),
};

export interface Store {
  readonly start: () => Promise<ProviderStandIn>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Where a secret of its own lies. */
  readonly own: string;
  readonly shared: boolean;
  readonly fields: boolean;
  readonly troubles: Readonly<Record<string, Interference>>;
  /** Requests to the platform for an identity, whose own clients try again for many seconds. */
  readonly isIdentity?: (request: Received) => boolean;
  /** Trouble at each request; of the others the first, the second and the last are enough. */
  readonly isEach?: boolean;
  readonly isWrite?: (request: Received) => boolean;
}

export const stores: Readonly<Record<string, Store>> = {
  vault: {
    start: () => startVault(),
    environment: { VAULT_TOKEN: '', VAULT_ROLE_ID: ROLE.role_id, VAULT_SECRET_ID: ROLE.secret_id },
    own: 'secret/own',
    shared: true,
    fields: true,
    troubles: { ...everywhere, ...inVault },
    isEach: true,
    isWrite: ({ method, path }) => method === 'POST' && path.includes('/secret/'),
  },
  aws: {
    start: () => startAws(),
    own: 'own',
    shared: true,
    fields: false,
    troubles: everywhere,
    isWrite: ({ headers }) => /(Put|Create)Secret/.test(headers['x-amz-target'] ?? ''),
  },
  azure: {
    start: startAzure,
    own: 'own',
    shared: false,
    fields: false,
    troubles: everywhere,
    isIdentity: ({ path }) => path === '/identity',
  },
  gcp: {
    start: startGcp,
    own: 'own',
    shared: true,
    fields: false,
    troubles: everywhere,
    isIdentity: ({ path }) => path.startsWith('/computeMetadata/'),
  },
  oci: { start: startOci, own: 'own', shared: true, fields: false, troubles: everywhere },
};
