import { readEnvironment } from '../config/environment.js';
import { variable, type Environment } from '../config/variable.js';
import { ToolError, type Diagnostic } from '../errors/index.js';
import { composedUrlVariables, formerVariables } from '../registry/index.js';
import type { ShadowChoice } from './plan.js';
import { nameOf, positionOf, type Reading, type Statement } from './statement.js';

/** What a server of an earlier release took in place of the file's value. Holds no value. */
interface Overridden {
  readonly name: string;
  readonly older: string;
  /** The variable of today that says the same to a server of today. */
  readonly today: string | null;
  readonly position: Diagnostic['position'];
}

const setOf = (names: readonly string[], env: Environment): string | undefined =>
  names.find((name) => variable(env, name) !== undefined);

/** Reads an older variable's text as the setting's own variable would be read. */
function textOf(today: string | null, key: string, text: string): string {
  return (today === null ? undefined : readEnvironment({ [today]: text }).values.get(key)?.text) ?? text;
}

function ofSetting({ key, text, ...statement }: Statement, env: Environment): Overridden[] {
  const today = key.setting?.env ?? null;
  // Today's name outranks the older ones, and is a shadow of its own.
  if (today !== null && variable(env, today) !== undefined) return [];
  const older = setOf(formerVariables[key.path] ?? [], env);
  if (older === undefined || textOf(today, key.key, env[older] ?? '') === text) return [];
  return [{ name: nameOf({ ...statement, key }), older, today, position: positionOf(statement) }];
}

/** `OAUTH_PROVIDERS_<ID>_CLIENT_ID` and its like went over single fields of a file's entry, without `_ENABLED=true` too. */
function ofProvider({ key, text, ...statement }: Statement, env: Environment): Overridden[] {
  const { provider } = key;
  if (provider?.family.kind !== 'oauth') return [];
  if (!['client_id', 'client_secret', 'enabled'].includes(provider.field.name)) return [];
  const stem = `${provider.family.envPrefix}${provider.id.toUpperCase().replaceAll('-', '_')}_`;
  // Enabled by variables, it is a whole entry to servers of today, and a shadow of its own.
  if (env[`${stem}ENABLED`] === 'true') return [];
  const older = `${stem}${provider.field.name.toUpperCase()}`;
  if (variable(env, older) === undefined || env[older] === text) return [];
  return [
    {
      name: nameOf({ ...statement, key }),
      older,
      today: older,
      position: positionOf(statement),
    },
  ];
}

/** `POSTGRES_HOST` and its like went over the parts of the block that becomes `database.url`. */
function ofPostgresBlock({ renames }: Pick<Reading, 'renames'>, env: Environment): Overridden[] {
  const rename = renames.find(({ key, leaves }) => key.path === 'database.url' && leaves.length > 0);
  if (!rename || variable(env, 'TMI_DATABASE_URL') !== undefined) return [];
  const parts = { ...composedUrlVariables['postgres'] };
  return Object.entries(parts).flatMap(([part, names]): Overridden[] => {
    const older = setOf(part === 'sslmode' ? ['POSTGRES_SSLMODE', ...names] : names, env);
    const leaf = rename.leaves.find(({ path }) => path.at(-1) === part);
    const written = leaf?.node.kind === 'scalar' ? leaf.node.text : undefined;
    if (older === undefined || env[older] === written) return [];
    const position = (leaf ?? rename.leaves[0])?.position;
    return [{ name: `database.postgres.${part}`, older, today: 'TMI_DATABASE_URL', position }];
  });
}

/**
 * Stops an import whose file was not what the server of its time used: variables under older names said otherwise. No
 * server of today reads them, so what they say is lost with that server unless somebody decides.
 * @param choice `file`: the file's values are meant
 * @throws ToolError `legacy/shadowed`
 */
export function refuseOlderVariables(
  reading: Reading,
  file: string,
  env: Environment,
  choice: ShadowChoice | undefined,
): void {
  if (choice === 'file') return;
  const found = [
    ...ofPostgresBlock(reading, env),
    ...reading.statements.flatMap((statement) => [
      ...ofSetting(statement, env),
      ...ofProvider(statement, env),
    ]),
  ];
  if (found.length === 0) return;
  throw new ToolError(
    'legacy/shadowed',
    "Variables under older names override the file's values; nothing was written",
    {
      diagnostics: found.map(({ name, older, today, position }) => ({
        code: 'legacy/shadowed',
        severity: 'error',
        message: `${name} was overridden by the variable ${older}, which says otherwise; no server of today reads it`,
        key: name,
        file,
        ...(position ? { position } : {}),
        hint:
          today === null || today === older
            ? `Take the file's value with --shadowed file, after writing the variable's into the file if that is meant.`
            : `Take the file's value with --shadowed file; or set ${today} to what ${older} means, and take that with --shadowed env.`,
      })),
    },
  );
}
