import { unfitForProduction } from '../addresses.js';
import { reportOn, type Configuration, type Value } from '../configuration.js';
import { inProduction, type Rule } from '../rule.js';

/** Addresses to which browsers of users are sent. */
const paths = [
  'server.base_url',
  'auth.oauth.callback_url',
  'content_oauth.callback_url',
  'auth.oauth.client_callback_allowlist',
  'content_oauth.allowed_client_callbacks',
];

function written(configuration: Configuration): Value[] {
  const providers = configuration.providers.filter(({ enabled }) => enabled);
  const fields = providers.flatMap((p) => [p.field('acs_url'), p.field('slo_url')]);
  return [...paths.map((path) => configuration.written(path)), ...fields].filter(
    (value) => value !== undefined,
  );
}

function addressesIn({ key, text }: Value): string[] {
  return key.type === 'string_list' ? (JSON.parse(text) as string[]) : [text];
}

export const addressUnfit: Rule = {
  id: 'address-unfit',
  tier: 'rules',
  severity: inProduction('error'),
  summary: 'Users are sent to localhost or over plain HTTP',
  why: 'A callback to localhost sends the login code to the user’s own machine; one over plain HTTP shows it to everybody on the way. Both come from development files.',
  fix: 'Write the https address that users type.',
  *check(configuration) {
    for (const value of written(configuration)) {
      for (const address of addressesIn(value)) {
        const why = unfitForProduction(address);
        if (why === undefined) continue;
        yield reportOn(value, {
          message: `An address in ${value.key.path} ${why}`,
          found: address,
          expected: 'an https:// address that users reach',
        });
      }
    }
  },
};
