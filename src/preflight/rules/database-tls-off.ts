import { isLoopback } from '../addresses.js';
import { reportOn } from '../configuration.js';
import { databaseAddress } from '../database-address.js';
import { stricterInProduction, type Rule } from '../rule.js';

/** Parameters by which drivers turn TLS off, in lower case. */
const turnsOff: Readonly<Record<string, RegExp>> = {
  sslmode: /^disable$/,
  'ssl-mode': /^disabled$/,
  ssl: /^(false|0|disable)$/,
  tls: /^(false|0)$/,
  encrypt: /^(false|disable|no)$/,
};

export const databaseTlsOff: Rule = {
  id: 'database-tls-off',
  tier: 'rules',
  severity: stricterInProduction,
  summary: 'The connection to a remote database is not encrypted',
  why: 'Password, secrets and threat models cross the network in the clear.',
  fix: 'Use `sslmode=verify-full` (PostgreSQL), `tls=true` (MySQL) or `encrypt=true` (SQL Server).',
  *check(configuration) {
    const value = configuration.value('database.url');
    const address = databaseAddress(configuration);
    if (!value || address?.target.host === undefined || isLoopback(address.target.host)) return;
    for (const [name, text] of address.parameters) {
      if (!turnsOff[name.toLowerCase()]?.test(text.toLowerCase())) continue;
      yield reportOn(value, {
        message: `${name}=${text} turns encryption off, and the database is on another machine`,
        found: `${name}=${text}`,
        expected: 'an encrypted connection, such as sslmode=verify-full',
      });
    }
  },
};
