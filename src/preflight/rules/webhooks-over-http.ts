import { reportOn } from '../configuration.js';
import { inProduction, type Rule } from '../rule.js';

export const webhooksOverHttp: Rule = {
  id: 'webhooks-over-http',
  tier: 'rules',
  severity: inProduction('warning'),
  summary: 'Webhooks may go to plain HTTP addresses',
  why: 'Deliveries carry parts of threat models. Over plain HTTP anybody on the way reads them.',
  fix: 'Set `webhooks.allow_http_targets: false`, unless every receiver stands in the same cluster.',
  *check(configuration) {
    const value = configuration.written('webhooks.allow_http_targets');
    if (value?.text !== 'true') return;
    yield reportOn(value, { message: 'webhooks.allow_http_targets is on', expected: 'false' });
  },
};
