import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import { cellsOf } from '../../../commands/output/cells.js';

it('takes as many cells as string-width says, for every character below U+3000 and beside another one', () => {
  const wrong: string[] = [];
  for (let code = 0x20; code < 0x3000; code += 1) {
    const character = String.fromCharCode(code);
    for (const text of [character, `a${character}`, `${character}é`, `…${character}${character}`])
      if (cellsOf(text) !== stringWidth(text)) wrong.push(code.toString(16));
  }
  expect(wrong).toEqual([]);
});
