import { reportOn } from '../configuration.js';
import { databaseScheme } from '../database-address.js';
import { always, type Rule } from '../rule.js';

export const walletUnused: Rule = {
  id: 'wallet-unused',
  tier: 'rules',
  severity: always('warning'),
  summary: 'An Oracle wallet is set, and the database is not Oracle',
  why: 'The two settings contradict each other: one of them is left over, or the URL is the wrong one.',
  fix: 'Remove the wallet, or correct the URL.',
  *check(configuration) {
    const wallet = configuration.written('database.oracle_wallet_location');
    const scheme = databaseScheme(configuration);
    if (!wallet || wallet.text === '' || /^(oracle)?$/.test(scheme)) return;
    yield reportOn(wallet, {
      message: 'An Oracle wallet is set, and database.url does not name an Oracle database',
      expected: 'an oracle:// URL in database.url, or no wallet',
    });
  },
};
