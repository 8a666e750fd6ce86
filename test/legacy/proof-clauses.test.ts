import { describe, expect, it } from 'vitest';
import { prove, type Proof } from '../../src/legacy/proof.js';
import { layers } from './layers.js';

const none = new Map<string, string | undefined>();
const keys = ({ differences, chosen }: Proof) => ({
  differences: differences.map(({ key }) => key),
  chosen: chosen.map(({ key }) => key),
});
const entry = 'auth.oauth.providers.google';
const google = (fields: string): string => `auth: {oauth: {providers: {google: {${fields}}}}}\n`;

describe('prove', () => {
  const name = 'operator.name';
  const before = layers('operator: {name: A}\n');

  it('finds what is lost, what is another value, and what comes of nothing', () => {
    expect(keys(prove(before, layers(''), none)).differences).toEqual([name]);
    expect(keys(prove(before, layers('', { [name]: 'B' }), none)).differences).toEqual([name]);
    expect(keys(prove(layers(''), layers('', { [name]: 'B' }), none)).differences).toEqual([name]);
    expect(keys(prove(before, layers('', { [name]: 'A' }), none))).toEqual({ differences: [], chosen: [] });
  });

  it('lets a key change to the one value that was chosen, and to no other', () => {
    const chosen = new Map([[name, 'B']]);
    expect(keys(prove(before, layers('', { [name]: 'B' }), chosen))).toEqual({
      differences: [],
      chosen: [name],
    });
    expect(keys(prove(before, layers('', { [name]: 'C' }), chosen)).differences).toEqual([name]);
    expect(keys(prove(before, layers(''), chosen)).differences).toEqual([name]);
  });

  it('takes an empty list for none, and an empty text for none, but not for a default', () => {
    expect(keys(prove(layers('administrators: []\n'), layers(''), none)).differences).toEqual([]);
    expect(keys(prove(layers('operator: {name: ""}\n'), layers(''), none)).differences).toEqual([]);
    const callback = layers('auth: {oauth: {callback_url: ""}}\n');
    expect(keys(prove(callback, layers(''), none)).differences).toEqual(['auth.oauth_callback_url']);
  });

  it('takes a flag that is off for none in a provider only', () => {
    expect(keys(prove(layers(google('enabled: false')), layers(''), none)).differences).toEqual([]);
    expect(keys(prove(layers('auth: {cookie: {enabled: false}}\n'), layers(''), none)).differences).toEqual([
      'auth.cookie.enabled',
    ]);
  });

  it('compares providers as whole entries: a remnant hides what was stored', () => {
    const whole = layers(google('client_id: a, icon: b'));
    const stored = { [`${entry}.client_id`]: 'a', [`${entry}.icon`]: 'b' };
    expect(keys(prove(whole, layers('', stored), none)).differences).toEqual([]);
    expect(keys(prove(whole, layers(google('issuer: ""'), stored), none)).differences.sort()).toEqual(
      Object.keys(stored).sort(),
    );
    const more = { ...stored, [`${entry}.issuer`]: 'x' };
    expect(keys(prove(whole, layers('', more), none)).differences).toEqual([`${entry}.issuer`]);
  });

  it('shows the id that rows give to an entry of server 1.8 without one, and finds another id', () => {
    const was = layers(google('client_id: a'), {}, {}, '1.8');
    const stored = { [`${entry}.client_id`]: 'a' };
    expect(keys(prove(was, layers('', stored, {}, '1.8'), none))).toEqual({
      differences: [],
      chosen: [`${entry}.id`],
    });
    const other = { ...stored, [`${entry}.id`]: 'other' };
    expect(keys(prove(was, layers('', other, {}, '1.8'), none)).differences).toEqual([`${entry}.id`]);
  });

  it('shows no id of a provider that comes or goes with it', () => {
    const stored = { [`${entry}.client_id`]: 'a' };
    const chosen = new Map(Object.entries(stored));
    expect(keys(prove(layers(''), layers('', stored), chosen)).chosen).toEqual(Object.keys(stored));
    expect(keys(prove(layers(google('issuer: ""')), layers(''), none))).toEqual({
      differences: [],
      chosen: [],
    });
  });

  it('adds the administrator of the environment to no other setting that was chosen to go', () => {
    const env = { TMI_ADMIN_PROVIDER: 'github', TMI_ADMIN_PROVIDER_ID: '7' };
    const was = layers('operator: {name: A}\n', {}, env);
    expect(keys(prove(was, layers('', {}, env), new Map([[name, undefined]])))).toEqual({
      differences: [],
      chosen: [name],
    });
  });

  it('adds the administrator of the environment to a list that was chosen', () => {
    const env = { TMI_ADMIN_PROVIDER: 'github', TMI_ADMIN_PROVIDER_ID: '7' };
    const list = '[{"provider":"google","email":"a@b.c","subject_type":"user"}]';
    const after = layers('', { administrators: list }, env);
    expect(keys(prove(layers('', {}, env), after, new Map([['administrators', list]])))).toEqual({
      differences: [],
      chosen: ['administrators'],
    });
    expect(keys(prove(layers('', {}, env), after, none)).differences).toEqual(['administrators']);
  });
});
