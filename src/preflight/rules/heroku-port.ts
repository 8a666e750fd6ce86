import { always, type Rule } from '../rule.js';

export const herokuPort: Rule = {
  id: 'heroku-port',
  tier: 'rules',
  severity: always('warning'),
  summary: '`PORT` and `TMI_SERVER_PORT` disagree',
  why: 'Heroku and its kin route to the port in `PORT`. The server listens on `TMI_SERVER_PORT` when that is set too, where no request arrives.',
  fix: 'Unset `TMI_SERVER_PORT`.',
  *check({ environment }) {
    const port = environment['PORT'] ?? '';
    const own = environment['TMI_SERVER_PORT'] ?? '';
    if (port === '' || own === '' || port === own) return;
    yield {
      message: 'TMI_SERVER_PORT is not the port that PORT says',
      variable: 'TMI_SERVER_PORT',
      key: 'server.port',
      found: own,
      expected: port,
      hint: 'Unset TMI_SERVER_PORT.',
    };
  },
};
