import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

/** The text of every source below some folders, by its path. */
function sourcesIn(folders: readonly string[]): Map<string, string> {
  const texts = new Map<string, string>();
  for (const folder of folders) {
    for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!/\.(ts|mjs)$/.test(entry) || entry.includes('node_modules')) continue;
      const file = path.join(folder, entry);
      texts.set(file, readFileSync(file, 'utf8'));
    }
  }
  return texts;
}

const ownFolders = ['bin', 'commands', 'src'];
const exported = /^export (?:async |abstract )?(?:function\*?|const|let|class|enum) ([A-Za-z_$][\w$]*)/gm;

/** Exported functions, constants and classes that no other file names, as `file: name`, and how many there are at all. */
function unused(texts: ReadonlyMap<string, string>): { readonly names: string[]; readonly total: number } {
  const filesByWord = new Map<string, Set<string>>();
  for (const [file, text] of texts) {
    for (const [word] of text.matchAll(/[A-Za-z_$][\w$]*/g)) {
      const files = filesByWord.get(word) ?? new Set<string>();
      filesByWord.set(word, files.add(file));
    }
  }
  const names: string[] = [];
  let total = 0;
  for (const [file, text] of texts) {
    if (!ownFolders.some((folder) => file.startsWith(`${folder}${path.sep}`))) continue;
    for (const [, name = ''] of text.matchAll(exported)) {
      total += 1;
      if (filesByWord.get(name)?.size === 1) names.push(`${file}: ${name}`);
    }
  }
  return { names, total };
}

describe('exports', () => {
  it('are for somebody: what no other file names is not exported', () => {
    const { names, total } = unused(sourcesIn([...ownFolders, 'test', 'scripts', 'bench', 'examples']));
    expect(total).toBeGreaterThan(1000);
    expect(names).toEqual([]);
  });

  it('that nobody names are found', () => {
    const texts = new Map([
      [path.join('src', 'a.ts'), 'export function used() {}\nexport const lonely = 1;\nlonely;'],
      [path.join('src', 'b.ts'), "import { used } from './a.js';"],
      [path.join('test', 'c.ts'), 'export const helper = 1;'],
    ]);
    expect(unused(texts)).toEqual({ names: [`${path.join('src', 'a.ts')}: lonely`], total: 2 });
  });
});
