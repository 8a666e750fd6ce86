import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

/** What each source file names in its imports: static, dynamic and of types alone, which lint does not follow. */
function importsOf(folders: readonly string[]): Map<string, string[]> {
  const graph = new Map<string, string[]>();
  for (const folder of folders) {
    for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const file = path.join(folder, entry);
      if (!file.endsWith('.ts') || file.endsWith('.d.ts')) continue;
      const targets = [...readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)\.js'/g)];
      graph.set(
        file,
        targets.map(([, name]) => `${path.join(path.dirname(file), name ?? '')}.ts`).filter(existsSync),
      );
    }
  }
  return graph;
}

/** One circle, as the files on the way round, or nothing. */
function circleIn(graph: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const way: string[] = [];
  const visit = (file: string): string[] | undefined => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return undefined;
    way.push(file);
    for (const next of graph.get(file) ?? []) {
      const found = visit(next);
      if (found) return found;
    }
    way.pop();
    done.add(file);
    return undefined;
  };
  for (const file of graph.keys()) {
    const found = visit(file);
    if (found) return found;
  }
  return undefined;
}

describe('imports', () => {
  it('go round in no circle, types included', () => {
    const graph = importsOf(['bin', 'commands', 'src']);
    expect(graph.size).toBeGreaterThan(400);
    expect([...graph.values()].flat().length).toBeGreaterThan(1500);
    expect(circleIn(graph)).toBeUndefined();
  });

  it('that do are found', () => {
    const graph = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['b']],
    ]);
    expect(circleIn(graph)).toEqual(['b', 'c', 'b']);
  });
});
