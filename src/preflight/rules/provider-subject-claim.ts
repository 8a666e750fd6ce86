import { reportOn } from '../configuration.js';
import { always, type Rule } from '../rule.js';

interface Endpoint {
  readonly claims?: Readonly<Record<string, string>>;
}

export const providerSubjectClaim: Rule = {
  id: 'provider-subject-claim',
  tier: 'rules',
  severity: always('error'),
  summary: 'The first userinfo endpoint of an OAuth provider does not name the subject claim',
  why: 'Without `subject_claim` at the first userinfo endpoint the server asks the issuer at every start which endpoint and claim identify a user. Without an issuer, when it cannot be reached, or when it names another endpoint, the server does not start: a provider without the claim makes each restart depend on somebody else’s server. Without an issuer this is an error, with one a warning.',
  fix: 'Name it at the first endpoint: `claims: {subject_claim: sub}`.',
  *check(configuration) {
    for (const { family, enabled, field, id } of configuration.providers) {
      const userinfo = field('userinfo');
      if (family.kind !== 'oauth' || !enabled || !userinfo) continue;
      const [first] = JSON.parse(userinfo.text) as Endpoint[];
      if (first?.claims?.['subject_claim']) continue;
      const issuer = field('issuer');
      yield reportOn(userinfo, {
        message: issuer
          ? `The server asks the issuer of ${id} at every start which claim identifies a user, and does not start while it cannot be reached`
          : `The first userinfo endpoint of the provider ${id} does not say which claim identifies a user`,
        expected: 'claims with a subject_claim',
        hint: 'Add claims: {subject_claim: sub}.',
        severity: issuer ? 'warning' : 'error',
      });
    }
  },
};
