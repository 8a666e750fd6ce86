import type { EncryptionKeyHome } from '../secrets/encryption-keys.js';
import { secretVariable, type SecretHome } from '../secrets/key-home.js';

/** Where keys are kept when nobody chose a provider: the variables of the environment. */
export const variablesHome: EncryptionKeyHome = {
  current: { place: secretVariable('settings_encryption_key'), ignored: [] },
  previous: { place: secretVariable('settings_encryption_previous_key'), ignored: [] },
};

/** Somebody who set such a variable believes that the key is configured. */
function ignoredWords({ place, ignored }: SecretHome): string {
  if (ignored.length === 0) return '';
  const are = ignored.length === 1 ? 'is set and not read' : 'are set and not read';
  return ` ${ignored.join(' and ')} ${are}: the key belongs into ${place}.`;
}

/** What to do where there is no key at all: make one, and put it where the provider keeps it. */
export function makeKeyHint({ current }: EncryptionKeyHome): string {
  return `Put 64 hex characters (openssl rand -hex 32) into ${current.place}, here and for the server.${ignoredWords(current)}`;
}

/** What to do where the server has a key, and this run has none. */
export function serverKeyHint({ current }: EncryptionKeyHome): string {
  return `Configure it as the server has it, in ${current.place}; where its configuration names another secrets provider, give that with --config.${ignoredWords(current)}`;
}

/** What to do where the key at hand is not the one that rows want. */
export function otherKeyHint({ current, previous }: EncryptionKeyHome): string {
  return `Configure that key as the server has it, in ${current.place}, or after a rotation in ${previous.place}.${ignoredWords(current)}`;
}

/** What to do where a key of another time is wanted, and today's is at hand. */
export function formerKeyHint({ previous }: EncryptionKeyHome): string {
  return `Put the key of that time into ${previous.place}.${ignoredWords(previous)}`;
}
