import { isLiteral } from '../addresses.js';
import { always, type Rule } from '../rule.js';

/** `postgres` and `postgresql` name one engine; parameters such as `sslmode` are often added to the copy. */
function comparable(url: string): string {
  return url.replace(/^postgresql:/, 'postgres:').replace(/\?.*$/, '');
}

export const herokuDatabaseUrl: Rule = {
  id: 'heroku-database-url',
  tier: 'rules',
  severity: always('warning'),
  summary: '`DATABASE_URL` and `TMI_DATABASE_URL` disagree',
  why: 'Heroku keeps `DATABASE_URL` up to date when the database moves; the server reads `TMI_DATABASE_URL` only. After a failover or an upgrade the copy leads to a database that is gone.',
  fix: 'Refer to it, which survives a rotation: `heroku config:set TMI_DATABASE_URL=env://DATABASE_URL`. A server that needs a parameter behind the URL, such as `?sslmode=require`, needs a copy with it, made anew whenever Heroku changes its own.',
  *check(configuration) {
    const heroku = configuration.environment['DATABASE_URL'] ?? '';
    const own = configuration.environment['TMI_DATABASE_URL'] ?? '';
    const hint = 'heroku config:set TMI_DATABASE_URL=env://DATABASE_URL';
    if (heroku === '') return;
    if (own === '' && configuration.text('database.url') === '') {
      yield {
        message: 'DATABASE_URL is set, and the server reads TMI_DATABASE_URL',
        variable: 'DATABASE_URL',
        key: 'database.url',
        hint,
      };
    } else if (isLiteral(own) && comparable(own) !== comparable(heroku)) {
      yield {
        message: 'TMI_DATABASE_URL is not what DATABASE_URL says',
        variable: 'TMI_DATABASE_URL',
        key: 'database.url',
        hint,
      };
    }
  },
};
