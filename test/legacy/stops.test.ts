import { expect, it } from 'vitest';
import { ToolError } from '../../src/errors/index.js';
import { allStops } from '../../src/legacy/readiness.js';

const silent = (): ToolError =>
  new ToolError('database/timeout', 'The store does not answer', { hint: 'Wait.' });
const locked = new ToolError('database/locked', 'Another run is at work');

it('is nothing where nothing stops a run, and the fault itself where one does', () => {
  expect(allStops([])).toBeUndefined();
  expect(allStops([undefined, undefined])).toBeUndefined();
  expect(allStops([undefined, locked])).toBe(locked);
});

it('says once what ends several questions, and has the code of what comes first', () => {
  const first = silent();
  expect(allStops([first, silent()])).toBe(first);
  const both = allStops([first, undefined, locked, silent()]);
  expect(both).toMatchObject({
    code: 'database/timeout',
    message: '2 things would stop the import; nothing was written',
    diagnostics: [
      { code: 'database/locked', message: 'Another run is at work' },
      { code: 'database/timeout', message: 'The store does not answer', hint: 'Wait.' },
    ],
  });
  expect(both?.diagnostics[0]).not.toHaveProperty('hint');
});

it('says everything that one of several had found', () => {
  const diagnostics = [
    { code: 'config/invalid-value', severity: 'warning', message: 'a', hint: 'b' },
  ] as const;
  const unfit = new ToolError('legacy/invalid-values', 'A value is not what any server accepts', {
    diagnostics,
  });
  const both = allStops([unfit, locked]);
  expect(both?.code).toBe('legacy/invalid-values');
  expect(both?.diagnostics).toEqual([
    ...diagnostics,
    { code: 'database/locked', severity: 'error', message: 'Another run is at work' },
  ]);
});
