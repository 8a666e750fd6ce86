import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/**
 * Whoever looks into a layer to see whether it holds a setting is about to decide which layer counts. These decide, or
 * show what each layer holds; everyone else asks them.
 */
const asked = new Map([
  ['src/config/precedence.ts', 'decides'],
  ['src/config/written.ts', 'file and environment alone'],
  ['src/config/stated.ts', 'the same, with what is not valid'],
  ['src/settings/effective.ts', 'all layers'],
]);

/** A question to the variables, which is where a decision by hand begins. */
const question = /environment(?:Layer)?\.(?:values|providers)\s*\.(?:get|has)\(/;

const sources = ['src', 'commands'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name)),
);

describe('precedence', () => {
  it('is decided in one place, which all others ask', () => {
    expect(sources.length).toBeGreaterThan(400);
    const deciding = sources.filter((file) => question.test(readFileSync(file, 'utf8')));
    expect(deciding.sort()).toEqual([...asked.keys()].sort());
  });
});
