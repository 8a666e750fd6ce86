import { always, type Rule } from '../rule.js';

export const samlSwitchedOff: Rule = {
  id: 'saml-switched-off',
  tier: 'rules',
  severity: always('warning'),
  summary: 'A SAML provider is enabled, and SAML is off',
  why: 'The provider is offered only when `auth.saml.enabled` is on as well.',
  fix: 'Set `auth.saml.enabled: true`, or disable the provider.',
  *check(configuration) {
    const flag = configuration.written('auth.saml.enabled');
    // What the database holds is not seen here, so only a stated "off" contradicts.
    if (flag?.text !== 'false') return;
    for (const { family, enabled, entry, id, place } of configuration.providers) {
      if (family.kind !== 'saml' || !enabled) continue;
      yield {
        message: `The SAML provider ${id} is enabled, and auth.saml.enabled is off`,
        ...place,
        key: entry,
        hint: 'Set auth.saml.enabled: true, or disable the provider.',
      };
    }
  },
};
