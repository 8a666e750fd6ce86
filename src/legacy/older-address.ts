import type { EnvironmentLayer } from '../config/environment.js';
import { readLeaves } from '../config/leaves.js';
import type { Environment } from '../config/variable.js';
import type { YamlDocument } from '../config/yaml/parse.js';
import { ToolError } from '../errors/index.js';
import { addressVariables, olderVariablesOf, type OlderVariables } from './older-variables.js';
import { olderShadowFinding } from './older-findings.js';
import type { Shadow, ShadowChoice } from './plan.js';
import { interpretPostgresBlock, type OverridingParts } from './postgres-block.js';

/** What `POSTGRES_HOST` and its like say for the parts of the block that becomes `database.url`. */
export function overridingParts(older: OlderVariables): OverridingParts {
  return new Map(
    addressVariables.flatMap(([part, names]) => {
      const variable = names.find((name) => older.has(name));
      const text = variable === undefined ? undefined : older.get(variable);
      return variable === undefined || text === undefined ? [] : [[part, { variable, text }] as const];
    }),
  );
}

/** The same for an environment whose variables under older names nobody has gone through. */
export const overridingPartsOf = (env: Environment): OverridingParts =>
  overridingParts(olderVariablesOf(env));

/** Parts of the block in place of which a server of its time used variables that say otherwise. */
export function addressShadows(
  document: YamlDocument,
  older: OlderVariables,
  { values }: Pick<EnvironmentLayer, 'values'>,
  choice: ShadowChoice | undefined,
): Shadow[] {
  const leaves = readLeaves(document.root);
  const block = leaves.filter(({ name }) => name.startsWith('database.postgres.'));
  const over = overridingParts(older);
  const isDead = leaves.some(({ name }) => name === 'database.url') || values.has('database.url');
  if (over.size === 0 || block.length === 0 || isDead) return [];
  const { renames, diagnostics } = interpretPostgresBlock(block, false, document.file, over);
  // No address either way: there is nothing to choose between.
  if (renames.length === 0 && diagnostics.length === 0) return [];
  return [...over].flatMap(([part, { variable, text }]): Shadow[] => {
    const leaf = block.find(({ path }) => path.at(-1) === part);
    const written = leaf?.node.kind === 'scalar' && !leaf.node.isNull ? leaf.node.text : '';
    const position = (leaf ?? block[0])?.position;
    if (written === text || !position) return [];
    const path = `database.postgres.${part}`;
    return [{ path, key: 'database.url', position, variable, choice, older: 'TMI_DATABASE_URL' }];
  });
}

/**
 * Asks which database is meant before any is connected to: the one of the file's block, or the one of the variables that
 * went over it.
 * @throws ToolError `legacy/shadowed`
 */
export function refuseUnclearAddress(shadows: readonly Shadow[], file: string): void {
  const open = shadows.filter(({ choice }) => choice === undefined);
  if (open.length === 0) return;
  throw new ToolError(
    'legacy/shadowed',
    "Variables under older names override the file's address of the database; nothing was read or written",
    { diagnostics: open.map((shadow) => olderShadowFinding(shadow, file)) },
  );
}
