import { reportOn } from '../configuration.js';
import { always, type Rule } from '../rule.js';

export const alertingIncomplete: Rule = {
  id: 'alerting-incomplete',
  tier: 'rules',
  severity: always('warning'),
  summary: 'Alerting is on without an address or a secret',
  why: 'Without an address no alert is sent; without a secret the receiver cannot tell alerts from forgeries.',
  fix: 'Set `alerting.webhook_url` and `alerting.webhook_secret`.',
  *check(configuration) {
    const enabled = configuration.value('alerting.enabled');
    if (enabled?.text !== 'true') return;
    for (const path of ['alerting.webhook_url', 'alerting.webhook_secret']) {
      if (configuration.text(path) !== '') continue;
      yield reportOn(enabled, {
        message: `Alerting is on and ${path} is empty`,
        expected: `a value in ${path}`,
        hint: `Set ${path}.`,
      });
    }
  },
};
