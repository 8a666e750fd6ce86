import { realpathSync } from 'node:fs';
import path from 'node:path';
import { readInputSync } from '../src/config/files/input.js';

function versionAt(folder: string, name: string): string | undefined {
  try {
    const manifest = readInputSync(path.join(folder, 'node_modules', name, 'package.json')).toString('utf8');
    return (JSON.parse(manifest) as { version?: string }).version;
  } catch {
    return undefined; // not here; perhaps further up
  }
}

/**
 * Versions of packages as the program finds them, for bug reports; null for one that is not installed. Nothing is loaded.
 * @param program path of the program's file
 */
export function installedPackages(
  program: string,
  names: readonly string[],
): Readonly<Record<string, string | null>> {
  const folders: string[] = [];
  for (let folder = path.dirname(realpathSync(program)); ; folder = path.dirname(folder)) {
    folders.push(folder);
    if (folder === path.dirname(folder)) break;
  }
  const versionOf = (name: string): string | null => {
    for (const folder of folders) {
      const version = versionAt(folder, name);
      if (version !== undefined) return version;
    }
    return null;
  };
  return Object.fromEntries(names.map((name) => [name, versionOf(name)]));
}
