import type { ConfigLeaf } from '../config/leaves.js';
import { keyOfSetting } from '../config/setting-key.js';
import { settingByPath, type Setting } from '../registry/index.js';
import { isReference } from '../secrets/reference.js';
import { composePostgresUrl } from './compose-url.js';
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

/**
 * Reads `database.postgres`, which earlier releases had in place of `database.url`. The URL is a bootstrap setting,
 * so it takes the block's place in the file. A block beside a `database.url` is dead; a reference cannot become part
 * of a URL, since the server would not look for it there.
 */
export function interpretPostgresBlock(
  leaves: readonly ConfigLeaf[],
  hasUrl: boolean,
): { readonly renames: readonly FileRename[]; readonly remarks: readonly Remark[] } {
  const parts = new Map<PartName, ConfigLeaf>();
  const remarks: Remark[] = [];
  const remark = (leaf: ConfigLeaf, action: Remark['action'], reason: PlanReason): void =>
    void remarks.push({ leaf, action, reason, key: undefined, text: undefined });
  for (const leaf of leaves) {
    const name = leaf.path.at(-1);
    if (leaf.path.length !== 3 || !isPartName(name)) remark(leaf, 'unknown', 'unknown');
    else if (partText(leaf) === undefined) remark(leaf, 'stays', 'no-value');
    else parts.set(name, leaf);
  }
  const texts = Object.fromEntries([...parts].map(([name, leaf]) => [name, partText(leaf)]));
  const url = composePostgresUrl(texts);
  const referenced = Object.values(texts).some((text) => text !== undefined && isReference(text));
  const reason: PlanReason | undefined = hasUrl
    ? 'superseded'
    : referenced
      ? 'reference'
      : url === undefined
        ? 'incomplete'
        : undefined;
  if (reason !== undefined || url === undefined) {
    for (const leaf of parts.values()) remark(leaf, 'stays', reason ?? 'incomplete');
    return { renames: [], remarks };
  }
  const rename: FileRename = {
    key: keyOfSetting(settingByPath('database.url') as Setting),
    text: url,
    leaves: [...parts.values()],
    at: ['database', 'postgres'],
    name: 'url',
  };
  return { renames: [rename], remarks };
}
