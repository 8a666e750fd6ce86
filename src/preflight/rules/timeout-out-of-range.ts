import { parseDuration } from '../../values/index.js';
import { reportOn } from '../configuration.js';
import { always, type Rule } from '../rule.js';

const SECOND = 1_000_000_000n;
const least = SECOND;
const most = 3600n * SECOND;

export const timeoutOutOfRange: Rule = {
  id: 'timeout-out-of-range',
  tier: 'rules',
  severity: always('warning'),
  summary: 'A timeout of the server is shorter than a second or longer than an hour',
  why: 'Zero means no limit at all, so that slow clients hold connections for good; milliseconds cut off honest clients. Both usually come from a wrong unit.',
  fix: 'Choose a duration between `1s` and `1h`.',
  *check(configuration) {
    for (const path of ['server.read_timeout', 'server.write_timeout', 'server.idle_timeout']) {
      const value = configuration.written(path);
      const duration = value && parseDuration(value.text);
      if (!value || duration === undefined || (duration >= least && duration <= most)) continue;
      yield reportOn(value, { message: `${path} is out of the usual range`, expected: 'from 1s to 1h0m0s' });
    }
  },
};
