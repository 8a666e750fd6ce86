import type { ConfigLeaf } from '../config/leaves.js';
import type { SettingKey } from '../config/setting-key.js';
import type { Position } from '../errors/index.js';
import { keyOfLeaf, type Configured } from './configured.js';
import { isInlineSecret } from './inline.js';
import { isSecretLeaf } from '../redact/index.js';
import { isReference } from '../config/reference.js';

/**
 * What to do with a secret that stands in the file itself. `lift`: move it to the provider. `import`: it belongs in
 * the database, which `import-legacy` does. `local`: it leads to the provider, so it can only be `env://` or
 * `file://`. `check`: no server knows the key, but its name says that it is secret.
 */
export type Advice = 'lift' | 'import' | 'local' | 'check';

/** An inline secret of a file, without its value. */
export interface InlineSecret {
  /** Path of the setting; as written where no server knows it. */
  readonly key: string;
  readonly leaf: ConfigLeaf;
  readonly position: Position;
  readonly advice: Advice;
}

function adviceFor(key: SettingKey | undefined): Advice {
  if (!key) return 'check';
  if (key.path.startsWith('secrets.')) return 'local';
  return key.operational ? 'import' : 'lift';
}

function inlineSecret(leaf: ConfigLeaf): InlineSecret[] {
  const { node, position } = leaf;
  const key = keyOfLeaf(leaf);
  if (node.kind !== 'scalar' || node.isNull || node.text === '' || isReference(node.text)) return [];
  if (!(key ? isInlineSecret(key, node.text) : isSecretLeaf(leaf))) return [];
  return [{ key: key?.path ?? leaf.name, leaf, position, advice: adviceFor(key) }];
}

/** The secrets that stand in the file itself and ought to be references, in the file's order. */
export function inlineSecrets({ leaves }: Pick<Configured, 'leaves'>): InlineSecret[] {
  return leaves.flatMap(inlineSecret);
}
