import { describe, expect, it } from 'vitest';
import { authorities } from '../../src/database/authorities.js';
import { tlsChoices as mysql } from '../../src/database/dialects/mysql/tls.js';
import { tlsChoices as postgres } from '../../src/database/dialects/postgres/tls.js';

describe('authorities', () => {
  it('are those of Node.js where the certificate counts, or one of our own may lead to one', () => {
    expect(authorities({}, true)).toEqual({});
    expect(authorities({ cert: 'ours' }, false)).toEqual({});
  });

  it('are those that the URL names, whether or not the certificate counts', () => {
    expect(authorities({ ca: 'theirs' }, true)).toEqual({ ca: 'theirs' });
    expect(authorities({ ca: 'theirs', cert: 'ours' }, false)).toEqual({ ca: 'theirs' });
  });

  it('are nobody where nobody looks at the certificate, the same nobody for every connection', () => {
    expect(authorities({}, false)).toEqual({ ca: [] });
    expect(authorities({}, false).ca).toBe(authorities({}, false).ca);
  });

  it.each([
    ['prefer', 'preferred', false],
    ['require', 'required', false],
    ['verify-ca', 'verify-ca', true],
    ['verify-full', 'verify-identity', true],
  ])('are asked for by sslmode=%s and ssl-mode=%s', async (ofPostgres, ofMysql, verifies) => {
    const [first] = await postgres('db.example.com', new Map([['sslmode', ofPostgres]]));
    const [same] = await mysql(new Map([['ssl-mode', ofMysql]]));
    for (const choice of [first, same]) {
      expect(choice).toMatchObject({ rejectUnauthorized: verifies });
      expect(choice && choice.ca).toEqual(verifies ? undefined : []);
    }
  });
});
