import { readLeaves } from '../config/leaves.js';
import { keyOfLookup } from '../config/setting-key.js';
import type { YamlDocument } from '../config/yaml/parse.js';
import { isReference } from '../config/reference.js';
import { isInlineSecret, isOfOtherProvider } from '../secrets/inline.js';

/**
 * Secrets of the file's `secrets` block that lead to another provider than the one in use: they stay in the file, where
 * nobody reads them and everybody who has the file can.
 * @param provider what `secrets.provider` says; of a reference nobody knows here what it leads to
 */
export function idleSecretNotes({ root, file }: YamlDocument, provider: string): string[] {
  if (isReference(provider)) return [];
  return readLeaves(root).flatMap(({ lookup, node, position }) => {
    const key = keyOfLookup(lookup);
    if (!key || node.kind !== 'scalar' || node.isNull || !isInlineSecret(key, node.text)) return [];
    if (!isOfOtherProvider(key.path, provider)) return [];
    return [
      `${key.path} (${file}:${position.line}:${position.column}) is a secret that nothing reads: secrets.provider is ${provider}. Delete the line.`,
    ];
  });
}
