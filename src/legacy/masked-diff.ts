import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import type { YamlDocument } from '../config/yaml/parse.js';
import { maskedText } from '../redact/document.js';
import { secretParts } from '../redact/index.js';

/**
 * Unified diff of a rewrite with secrets masked on both sides, as `diff -u` writes it. A secret stays one when the key
 * that said so is cut: its text can stand at an anchor that is left.
 */
export function maskedDiff(before: YamlDocument, after: YamlDocument, name: string): string {
  const { texts } = secretParts(before);
  return createTwoFilesPatch(name, name, maskedText(before), maskedText(after, texts), 'before', 'after', {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
  });
}
