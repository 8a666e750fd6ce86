import { reportOn } from '../configuration.js';
import { inProduction, type Rule } from '../rule.js';

const paths = ['logging.log_api_requests', 'logging.log_api_responses', 'logging.log_websocket_messages'];

export const loggingBodies: Rule = {
  id: 'logging-bodies',
  tier: 'rules',
  severity: inProduction('warning'),
  summary: 'Bodies of requests, responses or messages are logged',
  why: 'Bodies hold threat models and personal data. Logs have more readers and live longer than was meant for them.',
  fix: 'Set the key to `false`.',
  *check(configuration) {
    for (const path of paths) {
      const value = configuration.value(path);
      if (value?.text !== 'true') continue;
      yield reportOn(value, { message: `${path} is on`, expected: 'false', hint: `Set ${path}: false.` });
    }
  },
};
