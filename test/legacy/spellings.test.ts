import { expect, it } from 'vitest';
import { describeEngines } from '../support/database.js';
import { createServerTable, insertRow } from '../support/rows.js';
import { Workspace } from '../support/workspace.js';
import { plain, snapshot } from './sample.js';

const config = `database: {url: "$URL"}
auth:
  build_mode: test
  everyone_is_a_reviewer: true
  oauth: {client_callback_allowlist: [https://a, https://b]}
  saml: {providers: {okta: {enabled: true}}}
content_extractors: {wall_clock_budget: 45s}
saml: {enabled: true}
rate_limit: {requests_per_minute: 100}
`;

/** Rows in spellings that servers read as what the file says. */
const rows = [
  { key: 'auth.everyone_is_a_reviewer', value: 'T', type: 'bool' },
  { key: 'auth.oauth.client_callback_allowlist', value: '["https://a", "https://b"]', type: 'json' },
  { key: 'content_extractors.wall_clock_budget', value: '0m45s' },
  { key: 'features.saml_enabled', value: '1', type: 'bool' },
  { key: 'rate_limit.requests_per_minute', value: '+100', type: 'int' },
];
const values = Object.fromEntries(rows.map(({ key, value }) => [key, value]));
const enabled = 'auth.saml.providers.okta.enabled';

describeEngines((engine) => {
  async function create(origin?: 'seeded' | 'explicit'): Promise<Workspace> {
    const w = await Workspace.create(engine, config);
    await createServerTable(engine, w.url, { origin: origin !== undefined });
    for (const row of rows) await insertRow(engine, w.url, { ...row, ...(origin ? { origin } : {}) });
    return w;
  }

  it.each([undefined, 'seeded', 'explicit'] as const)(
    'leaves rows of origin %s that say the same in other spellings, and cuts their keys',
    async (origin) => {
      const w = await create(origin);
      const before = await w.rows();
      const { code, out, err } = await w.import(plain);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).not.toContain('replaces');
      expect(await w.values()).toEqual({ ...values, [enabled]: 'true' });
      for (const [key, row] of before) {
        const stamped = origin === undefined ? row : { ...row, origin: 'explicit' };
        expect((await w.rows()).get(key)).toEqual(stamped);
      }
      expect(w.text()).toBe(`database: {url: "${w.url}"}\nauth:\n  build_mode: test\n`);
      const after = await snapshot(w);
      const second = await w.import(plain, { now: new Date('2027-01-01T00:00:00Z') });
      expect(second.out).toContain('Nothing to do');
      expect(await snapshot(w)).toEqual(after);
      const undone = await w.run(['import-legacy', '--undo', w.receipt()]);
      expect({ code: undone.code, err: undone.err }).toEqual({ code: 0, err: '' });
      expect(await w.values()).toEqual(values);
    },
  );

  it('takes another spelling of a flag of which servers know one for another value', async () => {
    const w = await create('explicit');
    await insertRow(engine, w.url, { key: enabled, value: 'True', type: 'bool', origin: 'explicit' });
    const { code, err } = await w.import(plain);
    expect(code).toBe(3);
    expect(err).toContain(`somebody set the row ${enabled} to True`);
    expect(err.match(/\[legacy\/conflict\]/g)).toHaveLength(2);
  });
});
