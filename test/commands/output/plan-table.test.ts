import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { flatPlanTable, groupedPlanTable } from '../../../commands/output/plan-table.js';
import { plainStyle } from '../../../commands/output/style.js';
import type { PlanAction, PlanEntry } from '../../../src/legacy/plan.js';
import type { PlanReason } from '../../../src/legacy/reasons.js';
import { settings } from '../../../src/registry/index.js';

let line = 0;
const entry = (
  action: PlanAction,
  path: string,
  reason: PlanReason,
  more: Partial<PlanEntry> = {},
): PlanEntry => ({
  action,
  path,
  position: { line: (line += 1), column: 1 },
  key: path,
  file: 'kept',
  row: undefined,
  value: 'v',
  current: undefined,
  secret: false,
  reason,
  ...more,
});

const grouped = (entries: readonly PlanEntry[], columns: number, verbose = false): string =>
  groupedPlanTable({ entries, source: 'file' }, plainStyle, { columns, verbose });

const words = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

describe('the plan at a terminal', () => {
  it('is grouped by action and reason, and what stays is a count for each reason', () => {
    line = 0;
    const entries = [
      entry('stays', 'server.port', 'bootstrap'),
      entry('moves', 'operator.name', 'new-row', { value: 'ACME' }),
      entry('stays', 'auth.build_mode', 'bootstrap'),
      entry('conflict', 'operator.contact', 'explicit-differs', { current: 'a@b.c', value: 'd@e.f' }),
      entry('moves', 'auth.oauth.callback_url', 'new-row', { key: 'auth.oauth_callback_url' }),
      entry('moves', 'timmy.enabled', 'new-row', { value: 'true' }),
      entry('stays', 'x', 'no-value'),
    ];
    expect(grouped(entries, 80)).toBe(`  LINE  KEY                      VALUE
conflict (1): a row that somebody set disagrees
  4     operator.contact         a@b.c -> d@e.f
moves (2): new row
  2     operator.name            ACME
  6     timmy.enabled            true
moves (1): new row as auth.oauth_callback_url
  5     auth.oauth.callback_url  v
stays (3): 2 bootstrap setting; 1 no value. --verbose lists them
`);
    expect(grouped(entries, 80, true)).toContain(`stays (2): bootstrap setting
  1     server.port              v
  3     auth.build_mode          v
stays (1): no value
  7     x                        v
`);
    expect(grouped(entries.slice(0, 1), 80)).toBe('stays (1): 1 bootstrap setting. --verbose lists them\n');
  });

  it('wraps a reason and leaves nothing of it out', () => {
    const reason = 'older-name-beside';
    const shown = grouped([entry('moves', 'a.b', reason, { nearest: 'auth.saml.providers' })], 60);
    expect(words(shown)).toContain(
      'in the file it keeps the older name beside it dead; did you mean auth.saml.providers?',
    );
    expect(shown.split('\n').length).toBeGreaterThan(4);
  });

  const everyPath = settings.flatMap(({ path }) => path ?? []);

  it('shows the keys of all settings and of providers whole in 80 columns', () => {
    const paths = [...everyPath, 'content_oauth.providers.google_workspace.extra_authorize_params'];
    const lines = grouped(
      paths.map((path) => entry('moves', path, 'new-row')),
      80,
    ).split('\n');
    for (const path of paths) {
      expect(
        lines.filter((text) => text.split(/ +/).includes(path)),
        path,
      ).toHaveLength(1);
    }
  });

  it.each([24, 40, 60, 80, 120])('has no line that is wider than %d columns', (columns) => {
    const entries = [
      ...everyPath.map((path) => entry('moves', path, 'server-reads-new-name')),
      entry(
        'moves',
        'auth.oauth.providers.a-very-long-name-of-a-provider-that-is-longer-than-any.jwks_url',
        'new-row',
      ),
      entry('moves', 'žluťoučký.kůň.日本語日本語日本語日本語日本語日本語日本語', 'new-row', {
        value: '日本語'.repeat(60),
      }),
      entry('conflict', 'a.b', 'explicit-differs', { current: 'x'.repeat(200), value: 'y '.repeat(100) }),
    ];
    const text = grouped(entries, columns, true);
    expect(text.split('\n').filter((shown) => stringWidth(shown) > columns)).toEqual([]);
    for (const { path } of entries) expect(text.replaceAll(/\s/g, '')).toContain(path);
  });
});

it('is whole, flat and in the order of the file elsewhere', () => {
  line = 0;
  const entries = [
    entry('stays', 'server.port', 'bootstrap', { value: '8080' }),
    entry('moves', 'a.b', 'older-name-beside', { value: 'w'.repeat(60) }),
    entry('stays', 'auth.build_mode', 'bootstrap'),
  ];
  const w = 'w'.repeat(60);
  const pad = (text: string): string => text.padEnd(60);
  expect(flatPlanTable({ entries, source: 'file' }, plainStyle)).toBe(
    [
      `LINE  ACTION  KEY              ${pad('VALUE')}  WHY`,
      `1     stays   server.port      ${pad('8080')}  bootstrap setting`,
      `2     moves   a.b              ${w}  stored in the database, which cannot mark it as chosen; in the file it keeps the older name beside it dead`,
      `3     stays   auth.build_mode  ${pad('v')}  bootstrap setting`,
      '',
    ].join('\n'),
  );
});
