import { describe, expect, it } from 'vitest';
import type { SecretHome } from '../../src/secrets/index.js';
import { formerKeyHint, makeKeyHint, otherKeyHint, serverKeyHint } from '../../src/settings/key-words.js';

const IGNORED = 'TMI_SECRET_SETTINGS_ENCRYPTION_KEY';

const at = (place: string, ...ignored: string[]): SecretHome => ({ place, ignored });

describe.each([
  ['make', makeKeyHint, 'CURRENT'],
  ['server', serverKeyHint, 'CURRENT'],
  ['other', otherKeyHint, 'CURRENT'],
  ['former', formerKeyHint, 'PREVIOUS'],
] as const)('the hint about a key (%s)', (_, hint, place) => {
  it('names the place where the provider keeps it', () => {
    const words = hint({ current: at('CURRENT'), previous: at('PREVIOUS') });
    expect(words).toContain(place);
    expect(words).not.toContain('set and not read');
  });

  it('says that a variable is set and not read', () => {
    const one = hint({ current: at('CURRENT', IGNORED), previous: at('PREVIOUS', IGNORED) });
    expect(one).toContain(`${IGNORED} is set and not read: the key belongs into ${place}.`);
    const two = hint({ current: at('CURRENT', IGNORED, 'B'), previous: at('PREVIOUS', IGNORED, 'B') });
    expect(two).toContain(`${IGNORED} and B are set and not read`);
  });
});
