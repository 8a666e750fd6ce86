import type { Knex } from 'knex';

interface State {
  readonly last: string;
  readonly called: boolean;
  readonly step: string;
  readonly least: string;
  readonly most: string;
}

/**
 * Makes a sequence give `next`, or a number further on if it stands there already; some count downwards. One whose
 * numbers are used up stays so.
 * @param name quoted
 */
export async function advanceSequence(knex: Knex, name: string, next: string): Promise<void> {
  const { rows } = await knex.raw<{ rows: State[] }>(
    `select q.last_value::text as last, q.is_called as called, s.seqincrement::text as step,
       s.seqmin::text as least, s.seqmax::text as most
     from ${name} q join pg_sequence s on s.seqrelid = ?::regclass`,
    [name],
  );
  const state = rows[0];
  if (!state) return;
  const step = BigInt(state.step);
  const own = BigInt(state.last) + (state.called ? step : 0n);
  const wanted = BigInt(next);
  const further = step > 0n === wanted > own ? wanted : own;
  const end = BigInt(step > 0n ? state.most : state.least);
  const isUsedUp = step > 0n ? further > end : further < end;
  await knex.raw('select setval(?::regclass, ?::bigint, ?::boolean)', [
    name,
    String(isUsedUp ? end : further),
    isUsedUp,
  ]);
}
