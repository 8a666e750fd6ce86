import { describe, expect, it } from 'vitest';
import { alignedTable } from '../../../commands/output/table.js';

describe('alignedTable', () => {
  it('aligns columns by their width in a terminal, and leaves no trailing spaces', () => {
    const table = alignedTable(
      ['KEY', 'VALUE'],
      [
        ['日本', 'x'],
        ['a', ''],
        ['\u001B[32mgreen\u001B[39m', 'y'],
      ],
    );
    expect(table).toBe('KEY    VALUE\n日本   x\na\n\u001B[32mgreen\u001B[39m  y\n');
  });

  it('cuts the widest column to the terminal, and nothing without one', () => {
    const rows = [['short', 'a'.repeat(60), 'b'.repeat(20)]];
    const narrow = alignedTable(['K', 'V', 'W'], rows, 50).split('\n');
    expect(Math.max(...narrow.map((line) => line.length))).toBe(50);
    expect(narrow[1]).toContain('b'.repeat(20));
    expect(narrow[1]).toContain('a…');
    expect(alignedTable(['K', 'V', 'W'], rows)).toContain('a'.repeat(60));
  });

  it('keeps columns readable in a terminal that is far too narrow', () => {
    const [, line] = alignedTable(['K', 'V'], [['a'.repeat(30), 'b'.repeat(30)]], 5).split('\n');
    expect(line).toBe(`${'a'.repeat(11)}…  ${'b'.repeat(11)}…`);
  });

  it('cuts the key last, and in its middle, so that rows can be told apart', () => {
    const key = 'auth.oauth.providers.google.client_secret';
    const rows = [[key, 'v'.repeat(40), 'w'.repeat(40)]];
    const [, wide] = alignedTable(['KEY', 'VALUE', 'WHY'], rows, 80).split('\n');
    expect(wide).toContain(key);
    const [, narrow] = alignedTable(['KEY', 'VALUE', 'WHY'], rows, 60).split('\n');
    expect(narrow).toBe(`auth.oauth.prov…le.client_secret  ${'v'.repeat(11)}…  ${'w'.repeat(11)}…`);
  });

  it('takes time in proportion to its rows', () => {
    const rows = Array.from({ length: 30_000 }, (_, i) => [String(i), `key.number.${i}`, 'value']);
    expect(alignedTable(['LINE', 'KEY', 'VALUE'], rows).split('\n')).toHaveLength(30_002);
  });
});
