import { describe, expect, it } from 'vitest';
import { Workspace } from '../support/workspace.js';

interface Entry {
  readonly key?: string;
  readonly action: string;
  readonly file: string;
  readonly row?: string;
  readonly reason?: string;
  readonly current?: string;
}

const file = `server: {base_url: https://tmi.example.com}
database: {url: $URL}
auth: {build_mode: test, jwt: {expiration_seconds: 7200, refresh_token_days: 7}}
operator: {name: Ops, contact: ops@example.com}
websocket: {inactivity_timeout_seconds: 400}
`;

/** A database whose server has seeded its defaults, and in which an administrator has set two values. */
async function planned(...args: string[]): Promise<Map<string | undefined, string>> {
  const w = await Workspace.create('sqlite', file);
  for (const command of [
    ['seed-settings'],
    ['settings', 'set', 'operator.name', 'Ops'],
    ['settings', 'set', 'websocket.inactivity_timeout_seconds', '350'],
  ])
    expect((await w.run([...command, '--database-url', w.url])).code).toBe(0);
  const { out } = await w.import(['--dry-run', '--json', ...args]);
  const { entries } = JSON.parse(out) as { entries: Entry[] };
  return new Map(
    entries.map(({ key, action, file: stays, row, reason, current }) => [
      key,
      [action, stays, row, reason, current].map((text) => text ?? '-').join(' '),
    ]),
  );
}

describe('what a plan says of a setting, by what the database holds', () => {
  it('is new, seeded with another value or the same, or set by somebody to the same', async () => {
    const plan = await planned();
    expect(plan.get('operator.contact')).toBe('moves cut insert new-row -');
    expect(plan.get('auth.jwt.expiration_seconds')).toBe('moves cut replace replaces-seeded 3600');
    expect(plan.get('auth.jwt.refresh_token_days')).toBe('moves cut replace becomes-explicit -');
    expect(plan.get('operator.name')).toBe('same cut unchanged already-stored -');
    expect(plan.get('server.base_url')).toBe('stays kept insert also-stored -');
    expect(plan.get('session.timeout_minutes')).toBe('moves kept replace derived 60');
  });

  it.each([
    [[], 'conflict kept unchanged explicit-differs 350'],
    [['--on-conflict', 'keep'], 'conflict cut unchanged row-kept 350'],
    [['--on-conflict', 'overwrite'], 'conflict cut replace row-overwritten 350'],
  ])('or somebody has set another value, with %j', async (args, expected) => {
    expect((await planned(...args)).get('websocket.inactivity_timeout_seconds')).toBe(expected);
  });
});
