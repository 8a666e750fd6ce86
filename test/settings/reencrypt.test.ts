import { describe, expect, it } from 'vitest';
import { encryptionFacts, planReencrypt } from '../../src/settings/reencrypt.js';
import { codeOf, thrown } from '../support/errors.js';
import {
  cipherOf,
  contextOf,
  earlier,
  KEY,
  OLD_KEY,
  plainWrites,
  seal,
  seeded,
  storedRow,
  unseal,
} from './support.js';

const author = 'b1b2b3b4-0000-4000-8000-000000000000';
const foreign = 'a'.repeat(64);
const rotating = cipherOf(KEY, OLD_KEY);

describe('planReencrypt', () => {
  it('brings rows of the previous key and plain rows under the current key, and leaves the others', () => {
    const rows = [
      storedRow('ui.default_theme', seal('dark', KEY)),
      storedRow('operator.name', seal('Ann', OLD_KEY), { ...seeded, modifiedBy: author }),
      storedRow('auth.oauth.providers.google.client_secret', 'hunter2', { origin: null, originText: null }),
      storedRow('custom.row', 'plain'),
      storedRow('broken.row', ''),
    ];
    const { writes, changes } = planReencrypt(contextOf(rows, { cipher: rotating }));
    expect(plainWrites(writes)).toEqual({
      'operator.name': 'Ann',
      'auth.oauth.providers.google.client_secret': 'hunter2',
      'custom.row': 'plain',
    });
    expect(writes[0]).toMatchObject({ origin: 'seeded', modifiedAt: earlier, modifiedBy: author });
    expect(writes[1]).toMatchObject({ origin: null, modifiedAt: earlier });
    expect(() => unseal(writes[0]?.stored ?? '', OLD_KEY)).toThrow();
    expect(JSON.stringify(changes)).not.toContain('hunter2');
  });

  it('stops at rows that no key opens, and lists them all', () => {
    const rows = ['a.b', 'c.d'].map((key) => storedRow(key, seal('x', foreign, 4)));
    const error = thrown(() =>
      planReencrypt(contextOf([...rows, storedRow('e.f', 'plain')], { cipher: rotating })),
    );
    expect(error.code).toBe('settings/cannot-decrypt');
    expect(error.diagnostics.map(({ key }) => key)).toEqual(['a.b', 'c.d']);
  });

  it('stops at a value that would be too long once it is encrypted', () => {
    const rows = [storedRow('a.b', 'x'.repeat(5000)), storedRow('c.d', 'plain')];
    expect(codeOf(() => planReencrypt(contextOf(rows)))).toBe('settings/value-too-long');
  });

  it('needs a key', () => {
    expect(codeOf(() => planReencrypt(contextOf([], { cipher: cipherOf() })))).toBe(
      'settings/no-encryption-key',
    );
  });
});

it('encryptionFacts says which key each row is under', () => {
  const rows = [
    storedRow('a.current', seal('1', KEY)),
    storedRow('b.previous', seal('2', OLD_KEY)),
    storedRow('c.plain', '3'),
    storedRow('d.foreign', seal('4', foreign)),
    storedRow('e.damaged', 'ENC:v1:1:1:AAAA'),
    storedRow('f.empty', ''),
  ];
  const facts = encryptionFacts(contextOf(rows, { cipher: rotating }));
  expect(facts).toMatchObject({ current: ['a.current'], previous: ['b.previous'], plain: ['c.plain'] });
  expect(facts.unreadable.map(({ key }) => key)).toEqual(['d.foreign', 'e.damaged']);
});
