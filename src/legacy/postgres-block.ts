import type { ConfigLeaf } from '../config/leaves.js';
import { keyOfSetting } from '../config/setting-key.js';
import type { Diagnostic } from '../errors/index.js';
import { settingByPath, type Setting } from '../registry/index.js';
import { isReference } from '../config/reference.js';
import { composePostgresUrl, expectedOfPart, type PostgresParts } from './compose-url.js';
import type { PlanReason } from './reasons.js';
import type { FileRename, Remark } from './statement.js';

const partNames = ['host', 'port', 'user', 'password', 'database', 'sslmode'] as const;
type PartName = (typeof partNames)[number];

function isPartName(name: unknown): name is PartName {
  return (partNames as readonly unknown[]).includes(name);
}

/** The text of a part; undefined for null, empty, a list or a map, which all mean that the part is not set. */
function partText(leaf: ConfigLeaf): string | undefined {
  const { node } = leaf;
  return node.kind === 'scalar' && !node.isNull && node.text !== '' ? node.text : undefined;
}

/** What variables under older names say in place of the block's parts, by the part's name. */
export type OverridingParts = ReadonlyMap<string, { readonly variable: string; readonly text: string }>;

/** Parts of which no URL can be made that leads to the database that was meant. Never holds a part's text. */
function faults(parts: ReadonlyMap<PartName, ConfigLeaf>, file: string, over: OverridingParts): Diagnostic[] {
  const ofVariables = [...over].flatMap(([name, { variable, text }]): Diagnostic[] => {
    const expected = isPartName(name) ? expectedOfPart(name, text) : undefined;
    if (expected === undefined) return [];
    const message = `${variable} is not valid: expected ${expected}`;
    return [{ code: 'config/invalid-variable', severity: 'error', message, variable, key: 'database.url' }];
  });
  const ofFile = [...parts].flatMap(([name, leaf]): Diagnostic[] => {
    const expected = over.has(name) ? undefined : expectedOfPart(name, partText(leaf) ?? '');
    if (expected === undefined) return [];
    return [
      {
        code: 'config/invalid-value',
        severity: 'error',
        message: `${leaf.name} is not valid: expected ${expected}`,
        file,
        position: leaf.position,
        key: leaf.name,
        hint: 'Correct it, or write database.url in place of the block: postgres://user:password@host:5432/database',
      },
    ];
  });
  return [...ofVariables, ...ofFile];
}

interface BlockReading {
  readonly renames: readonly FileRename[];
  readonly remarks: readonly Remark[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads `database.postgres`, which earlier releases had in place of `database.url`. The URL is a bootstrap setting,
 * so it takes the block's place in the file. A block beside a `database.url` is dead; a reference cannot become part
 * of a URL, since the server would not look for it there.
 * @param file name of the file, for diagnostics
 * @param over what goes over the block's parts
 */
export function interpretPostgresBlock(
  leaves: readonly ConfigLeaf[],
  hasUrl: boolean,
  file: string,
  over: OverridingParts = new Map(),
): BlockReading {
  const parts = new Map<PartName, ConfigLeaf>();
  const remarks: Remark[] = [];
  const remark = (leaf: ConfigLeaf, action: Remark['action'], reason: PlanReason): void =>
    void remarks.push({ leaf, action, reason, key: undefined, text: undefined });
  for (const leaf of leaves) {
    const name = leaf.path.at(-1);
    if (leaf.path.length !== 3 || !isPartName(name)) remark(leaf, 'unknown', 'unknown');
    else if (partText(leaf) === undefined && !over.has(name)) remark(leaf, 'stays', 'no-value');
    else parts.set(name, leaf);
  }
  const leaveAlone = (reason: PlanReason): BlockReading => {
    for (const leaf of parts.values()) remark(leaf, 'stays', reason);
    return { renames: [], remarks, diagnostics: [] };
  };
  if (hasUrl) return leaveAlone('superseded');
  const replaced = new Map([...over].map(([name, { text }]) => [name, text]));
  const texts: PostgresParts & Record<string, string | undefined> = Object.fromEntries([
    ...[...parts].map(([name, leaf]) => [name, partText(leaf)] as const),
    ...replaced,
  ]);
  if (Object.values(texts).some((text) => text !== undefined && isReference(text))) {
    return leaveAlone('reference');
  }
  if (parts.size === 0 || !texts.host || !texts.database) return leaveAlone('incomplete');
  const diagnostics = faults(parts, file, over);
  const url = diagnostics.length > 0 ? undefined : composePostgresUrl(texts);
  if (url === undefined) return { renames: [], remarks, diagnostics };
  const rename: FileRename = {
    key: keyOfSetting(settingByPath('database.url') as Setting),
    text: url,
    leaves: [...parts.values()],
    at: ['database', 'postgres'],
    name: 'url',
    replaced,
  };
  return { renames: [rename], remarks, diagnostics };
}
