import { ToolError, type Diagnostic } from '../errors/index.js';
import type { SettingsCipher } from './cipher.js';
import { shortenedList } from './shortened-list.js';
import { otherKeyHint, serverKeyHint } from './key-words.js';

/**
 * The error for rows that cannot be decrypted where all are needed. Without any key they share one cause, which is said
 * once; else each has its own.
 * @param outcome what it led to, such as `nothing was exported`
 */
export function unreadableError(
  unreadable: ReadonlyMap<string, Diagnostic>,
  cipher: Pick<SettingsCipher, 'canEncrypt' | 'home'>,
  outcome: string,
): ToolError {
  const faults = [...unreadable.values()];
  if (cipher.canEncrypt) {
    return new ToolError(
      'settings/cannot-decrypt',
      `${faults.length} settings cannot be decrypted; ${outcome}`,
      {
        diagnostics: faults,
        hint: otherKeyHint(cipher.home),
      },
    );
  }
  const keys = faults.map(({ key }) => key ?? '');
  return new ToolError(
    'settings/cannot-decrypt',
    `Settings are encrypted, and no settings_encryption_key is configured (${shortenedList(keys)}); ${outcome}`,
    {
      hint: serverKeyHint(cipher.home),
    },
  );
}
