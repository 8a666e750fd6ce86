import { readFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { plain, sampleText } from '../legacy/sample.js';
import { Workspace } from '../support/workspace.js';

/** The functions that the page names, as `file function`. */
function namedOnThePage(): string[] {
  const page = readFileSync('docs/architecture.md', 'utf8');
  const [, section = ''] = /## The way of one setting\n(.*?)\n## /s.exec(page) ?? [];
  return [...section.matchAll(/`([\w/-]+\.ts)` `(\w+)`/g)].map(([, file, name]) => `${file} ${name}`);
}

/** Runs something and answers which functions of the sources were called, as `file function`. */
async function called(work: () => Promise<void>): Promise<Set<string>> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
    await work();
    const { result } = await session.post('Profiler.takePreciseCoverage');
    return new Set(
      result.flatMap(({ url, functions }) => {
        const file = url.startsWith('file:') ? fileURLToPath(url) : url;
        return functions
          .filter(({ ranges }) => (ranges[0]?.count ?? 0) > 0)
          .map(({ functionName }) => `${file} ${functionName}`);
      }),
    );
  } finally {
    session.disconnect();
  }
}

const onDisk = (named: string): string => {
  const [file = '', name = ''] = named.split(' ');
  return `${resolve(file)} ${name}`;
};

describe('the way of one setting', () => {
  it('goes through every function that the page names, and no undo', async () => {
    const workspace = await Workspace.create('sqlite', sampleText);
    const trace = await called(async () => {
      expect((await workspace.import(plain)).code).toBe(0);
    });
    expect(await workspace.values()).toMatchObject({ 'timmy.enabled': 'true' });
    const named = namedOnThePage();
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((one) => !trace.has(onDisk(one)))).toEqual([]);
    expect(trace).not.toContain(onDisk('src/legacy/restore-rows.ts restoreRows'));
  });
});
