import { deepFreeze } from '../values/deep-freeze.js';

/**
 * Names that configuration files carried in earlier releases.
 * `renamed`: one old key, one new key, same value. `composed`: several old keys make one value. `obsolete`: nothing
 * reads the key any more.
 */
export interface LegacyPath {
  /** Dotted path. `<id>` stands for a provider's id, a last segment `*` for everything below. */
  readonly old: string;
  /** The path of today, with the same placeholders; null for what is obsolete. */
  readonly now: string | null;
  readonly kind: 'renamed' | 'composed' | 'obsolete';
  readonly note?: string;
  /** Months, as `2025-08`, in which example files carried the name. */
  readonly seen?: readonly [from: string, until: string];
}

type Shared = Pick<LegacyPath, 'note' | 'seen'>;

const renamed = (pairs: Readonly<Record<string, string>>, shared: Shared = {}): LegacyPath[] =>
  Object.entries(pairs).map(([old, now]) => ({ old, now, kind: 'renamed', ...shared }));

const composed = (block: string, keys: readonly string[], now: string, shared: Shared): LegacyPath[] =>
  keys.map((key) => ({ old: `${block}.${key}`, now, kind: 'composed', ...shared }));

const obsolete = (old: string, shared: Shared): LegacyPath => ({
  old,
  now: null,
  kind: 'obsolete',
  ...shared,
});

/** The nested forms of the `secrets` block that example files showed. */
const nestedSecrets: Readonly<Record<string, readonly string[]>> = {
  aws: ['region', 'secret_name'],
  oci: ['compartment_id', 'vault_id', 'secret_name'],
  vault: ['address', 'token', 'path'],
  azure: ['vault_url'],
  gcp: ['project_id', 'secret_name'],
};

const flattened = Object.fromEntries(
  Object.entries(nestedSecrets).flatMap(([provider, keys]) =>
    keys.map((key) => [`secrets.${provider}.${key}`, `secrets.${provider}_${key}`] as const),
  ),
);

const telemetry: Shared = { seen: ['2025-08', '2025-08'] };
const admin: Shared = { seen: ['2025-08', '2025-09'] };
const saml: Shared = {
  note: 'a top-level saml block was shipped in example files and never read by the server',
  seen: ['2025-11', '2026-05'],
};

/** Every former path. A specific name stands before the wildcard of its block and wins over it. */
export const legacyPaths: readonly LegacyPath[] = deepFreeze([
  ...composed(
    'database.postgres',
    ['host', 'port', 'user', 'password', 'database', 'sslmode'],
    'database.url',
    {
      note: 'composed as postgres://user:password@host:port/database?sslmode=…, with user, password and database percent-encoded; a bootstrap key, so the value belongs in the file, never in the database',
      seen: ['2025-08', '2026-01'],
    },
  ),
  ...composed(
    'auth.oauth.providers.<id>',
    ['userinfo_url', 'email_claim', 'name_claim', 'subject_claim'],
    'auth.oauth.providers.<id>.userinfo',
    {
      note: 'composed as [{url: userinfo_url, claims: {subject_claim, email_claim, name_claim}}]',
      seen: ['2025-08', '2025-09'],
    },
  ),
  ...renamed(
    { 'saml.enabled': 'auth.saml.enabled', 'saml.providers.<id>.*': 'auth.saml.providers.<id>.*' },
    saml,
  ),
  ...renamed(flattened, {
    note: 'the nested form was in example files; the server reads only the flat one',
    seen: ['2026-01', '2026-05'],
  }),
  ...renamed(
    {
      'telemetry.enabled': 'observability.enabled',
      'telemetry.tracing.sample_rate': 'observability.sampling_rate',
    },
    telemetry,
  ),
  obsolete('telemetry.*', { ...telemetry, note: 'every other key of the block is obsolete' }),
  ...renamed({ 'admin.users.auto_promote_first': 'auth.auto_promote_first_user' }, admin),
  obsolete('admin.session.timeout_minutes', {
    ...admin,
    note: 'obsolete; not the same as session.timeout_minutes, which is derived from auth.jwt.expiration_seconds',
  }),
  obsolete('admin.*', { ...admin, note: 'every other key of the block is obsolete' }),
  ...renamed({
    'timmy.embedding_provider': 'timmy.text_embedding_provider',
    'timmy.embedding_model': 'timmy.text_embedding_model',
    'timmy.embedding_api_key': 'timmy.text_embedding_api_key',
    'timmy.embedding_base_url': 'timmy.text_embedding_base_url',
    'timmy.retrieval_top_k': 'timmy.text_retrieval_top_k',
    'timmy.ssrf_allowlist': 'ssrf.timmy.allowlist',
  }),
]);

/** What a path of a file meant in an earlier release, with the placeholders filled in. */
export interface LegacyPathMatch {
  readonly entry: LegacyPath;
  /** The path of today, or null when the key is obsolete. */
  readonly now: string | null;
  /** The provider's id, when the name has one. */
  readonly id?: string;
}

/** A former path in segments, for one that is asked for every key of a file. */
interface LegacyPattern {
  readonly entry: LegacyPath;
  readonly fixed: readonly string[];
  /** True where everything below is meant. */
  readonly open: boolean;
}

function patternOf(entry: LegacyPath): LegacyPattern {
  const segments = entry.old.split('.');
  const open = segments.at(-1) === '*';
  return { entry, fixed: open ? segments.slice(0, -1) : segments, open };
}

/** By the first segment, which is the name of a block in all of them. */
const patterns = new Map<string, LegacyPattern[]>();
for (const pattern of legacyPaths.map(patternOf)) {
  const [block = ''] = pattern.fixed;
  patterns.set(block, [...(patterns.get(block) ?? []), pattern]);
}

function matchEntry(
  { entry, fixed, open }: LegacyPattern,
  path: readonly string[],
): LegacyPathMatch | undefined {
  if (open ? path.length <= fixed.length : path.length !== fixed.length) return undefined;
  if (!fixed.every((segment, index) => segment === '<id>' || segment === path[index])) return undefined;
  const id = path[fixed.indexOf('<id>')];
  const rest = path.slice(fixed.length).join('.');
  // Functions, since a replacement text gives meaning to dollar signs.
  const now = entry.now?.replace('<id>', () => id ?? '').replace('*', () => rest) ?? null;
  return { entry, now, ...(id === undefined ? {} : { id }) };
}

/**
 * The block of today for one of an earlier release that holds nothing, such as `saml.providers:`; undefined for every
 * other path.
 */
export function findLegacyBlock(path: readonly string[]): string | undefined {
  for (const { old, now, kind } of legacyPaths) {
    const pattern = old.split('.');
    if (kind !== 'renamed' || now === null || pattern.at(-1) !== '*' || path.length >= pattern.length)
      continue;
    if (!path.every((segment, index) => pattern[index] === '<id>' || pattern[index] === segment)) continue;
    const id = path[pattern.indexOf('<id>')] ?? '';
    return now
      .split('.')
      .slice(0, path.length - pattern.length)
      .join('.')
      .replace('<id>', () => id);
  }
  return undefined;
}

/** The former meaning of a path of a file; undefined when no earlier release knew it. */
export function findLegacyPath(path: readonly string[]): LegacyPathMatch | undefined {
  for (const pattern of patterns.get(path[0] ?? '') ?? []) {
    const match = matchEntry(pattern, path);
    if (match) return match;
  }
  return undefined;
}
