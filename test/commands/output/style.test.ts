import { describe, expect, it } from 'vitest';
import { main } from '../../../commands/main.js';
import { plainStyle, styleFor } from '../../../commands/output/style.js';
import { FakeIo } from '../../support/io.js';

const RED = '\u001b[31mx\u001b[39m';

function red(
  isTTY: boolean,
  env: Record<string, string> = {},
  options: { color?: boolean } = {},
): Promise<string> {
  const io = new FakeIo({ env });
  return styleFor({ ...io.stdout, isTTY }, io, options).then((style) => style.bad('x'));
}

describe('colour', () => {
  it.each([
    ['on a terminal', true, {}, {}, RED],
    ['not elsewhere', false, {}, {}, 'x'],
    ['not with NO_COLOR', true, { NO_COLOR: '1' }, {}, 'x'],
    ['with an empty NO_COLOR', true, { NO_COLOR: '' }, {}, RED],
    ['not with --no-color', true, {}, { color: false }, 'x'],
    ['not on a dumb terminal', true, { TERM: 'dumb' }, {}, 'x'],
    ['everywhere with FORCE_COLOR', false, { FORCE_COLOR: '1' }, {}, RED],
    ['not with FORCE_COLOR=0', true, { FORCE_COLOR: '0' }, {}, 'x'],
    ['not with --no-color, whatever is forced', true, { FORCE_COLOR: '1' }, { color: false }, 'x'],
  ])('is there %s', async (_, isTTY, env, options, expected) => {
    expect(await red(isTTY, env, options)).toBe(expected);
  });

  it('escapes what would steer the terminal, coloured or not', async () => {
    expect(plainStyle.good('a\u001b[2Jb')).not.toContain('\u001b');
    const io = new FakeIo();
    const style = await styleFor({ ...io.stdout, isTTY: true }, io, {});
    for (const paint of Object.values(style) as ((text: string) => string)[]) {
      const painted = paint('a\u001b[2Jb');
      expect(painted).not.toContain('\u001b[2J');
      expect(painted.startsWith('\u001b[')).toBe(true);
    }
  });

  it('is in no result that a program reads', async () => {
    const io = new FakeIo({ env: { FORCE_COLOR: '1' }, stdin: 'server:\n  prot: "1"\n' });
    await main(['validate-config', '-', '--json'], io);
    expect(io.out).not.toContain('\u001b');
  });
});
