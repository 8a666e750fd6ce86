import { reportOn } from '../configuration.js';
import { databaseScheme } from '../database-address.js';
import { inProduction, type Rule } from '../rule.js';

export const databaseSqlite: Rule = {
  id: 'database-sqlite',
  tier: 'rules',
  severity: inProduction('warning'),
  summary: 'Production runs on SQLite',
  why: 'SQLite takes one writer at a time and lives on one machine. On platforms such as Heroku the file is gone with the next restart.',
  fix: 'Use PostgreSQL, MySQL, SQL Server or Oracle.',
  *check(configuration) {
    const value = configuration.value('database.url');
    if (!value || !/^sqlite$/.test(databaseScheme(configuration))) return;
    yield reportOn(value, {
      message: 'database.url names a SQLite file',
      expected: 'a database server',
    });
  },
};
