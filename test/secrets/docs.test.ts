import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { main } from '../../commands/main.js';
import { errorCodes } from '../../src/errors/index.js';
import { defaultTimeouts, faultOrder, providerNames } from '../../src/secrets/index.js';
import { FakeIo } from '../support/io.js';

const page = readFileSync(new URL('../../docs/secrets.md', import.meta.url), 'utf8');

describe('docs/secrets.md', () => {
  it('has the faults as the code has them, in their order', () => {
    const rows = [...page.matchAll(/^\| `(secrets\/[a-z-]+)`\s+\|/gm)].map((m) => m[1]);
    expect(rows).toEqual([...faultOrder]);
    expect(faultOrder.every((code) => errorCodes[code].exit === 'secret')).toBe(true);
  });

  it('has a section for each provider, in the order of the list', () => {
    const sections = [...page.matchAll(/^### ([a-z]+)/gm)].map((m) => m[1]);
    expect(sections).toEqual(providerNames);
  });

  it('gives the limits that the code has', () => {
    const { requestMs, totalMs, attempts, concurrency } = defaultTimeouts;
    expect(page).toContain(`up to ${concurrency} requests at a time`);
    expect(page).toContain(
      `A request may take ${requestMs / 1000} seconds and everything together ${totalMs / 1000}`,
    );
    expect(page).toContain(`up to ${attempts} times for one document`);
  });

  it.each(['resolve-secrets', 'exec'])('names every option of %s', async (command) => {
    const io = new FakeIo();
    await main([command, '--help'], io);
    const [own = ''] = io.out.split('Global Options:');
    const options = [...own.matchAll(/^ {2}(--[a-z-]+)/gm)].map((m) => m[1]);
    expect(options.length).toBeGreaterThan(2);
    for (const option of options) expect(page).toContain(`\`${option}`);
  });
});
