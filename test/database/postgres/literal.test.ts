import fc from 'fast-check';
import pg from 'pg';
import { expect, it } from 'vitest';
import { escapeLiteral } from '../../../src/database/dialects/postgres/literal.js';

it('writes every text as the driver does', () => {
  const part = fc.constantFrom("'", '\\', '"', '?', '$1', '\n', 'ü', '🚀', 'E', ' ', 'a');
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(part).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, (any) => {
      expect(escapeLiteral(any)).toBe(pg.escapeLiteral(any));
    }),
  );
});
