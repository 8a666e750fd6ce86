import { reportOn } from '../configuration.js';
import { always, type Rule } from '../rule.js';

interface Endpoint {
  readonly claims?: Readonly<Record<string, string>>;
}

export const providerSubjectClaim: Rule = {
  id: 'provider-subject-claim',
  tier: 'rules',
  severity: always('error'),
  summary: 'No userinfo endpoint of an OAuth provider names the subject claim',
  why: 'Outside OIDC discovery the server does not know which claim identifies a user, and refuses to start.',
  fix: 'Name it: `claims: {subject_claim: sub}`, or set `issuer` for OIDC discovery.',
  *check(configuration) {
    for (const { family, enabled, field, id } of configuration.providers) {
      const userinfo = field('userinfo');
      if (family.kind !== 'oauth' || !enabled || !userinfo || field('issuer')) continue;
      const endpoints = JSON.parse(userinfo.text) as Endpoint[];
      if (endpoints.some(({ claims }) => claims?.['subject_claim'])) continue;
      yield reportOn(userinfo, {
        message: `No userinfo endpoint of the provider ${id} says which claim identifies a user`,
        expected: 'claims with a subject_claim, or an issuer',
        hint: 'Add claims: {subject_claim: sub}.',
      });
    }
  },
};
