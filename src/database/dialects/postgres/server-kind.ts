import type { Knex } from 'knex';
import { ToolError } from '../../../errors/index.js';
import type { DatabaseTarget } from '../../contract.js';
import { faultError } from '../../faults.js';

interface Kind {
  readonly standby: boolean;
  readonly read_only: boolean;
}

/** What each word of `target_session_attrs` asks of a server, as in libpq. */
const kinds: Readonly<Record<string, (kind: Kind) => boolean>> = {
  any: () => true,
  'prefer-standby': () => true,
  'read-write': (kind) => !kind.standby && !kind.read_only,
  'read-only': (kind) => kind.standby || kind.read_only,
  primary: (kind) => !kind.standby,
  standby: (kind) => kind.standby,
};

/**
 * A look at the server that was reached; undefined where any will do.
 * @throws ToolError `database/invalid-url` for an unknown word
 */
export function serverKindCheck(
  parameters: ReadonlyMap<string, string>,
  target: DatabaseTarget,
): ((knex: Knex) => Promise<void>) | undefined {
  const word = parameters.get('target_session_attrs') ?? 'any';
  if (!Object.hasOwn(kinds, word)) {
    throw new ToolError(
      'database/invalid-url',
      'The parameter target_session_attrs of the database URL has an unknown value',
      { hint: `It is one of ${Object.keys(kinds).join(', ')}.` },
    );
  }
  if (word === 'any' || word === 'prefer-standby') return undefined;
  return async (knex) => {
    const { rows } = await knex.raw<{ rows: Kind[] }>(
      `select pg_is_in_recovery() as standby, current_setting('transaction_read_only') = 'on' as read_only`,
    );
    if (rows[0] && kinds[word]?.(rows[0])) return;
    throw faultError({ fault: 'wrong-server', engineCode: undefined }, target);
  };
}
