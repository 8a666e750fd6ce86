import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The folder of a package as Node.js would find it from another's folder; undefined when the lock file has none. */
function found(packages, from, name) {
  for (let folder = from; ; folder = path.posix.dirname(folder)) {
    if (folder === '.') folder = '';
    const inside =
      path.posix.basename(folder) === 'node_modules' ? folder : path.posix.join(folder, 'node_modules');
    const candidate = path.posix.join(inside, name);
    if (packages[candidate]) return candidate;
    if (folder === '') return undefined;
  }
}

/**
 * What the program needs at run time, optional clients included, from the lock file: packages that only the project's own
 * building and testing need are left out.
 * @param root folder with package.json, package-lock.json and node_modules
 * @returns each package's folder below `root`, name and version, in the order of the folders
 */
export function runtimePackages(root) {
  const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  const seen = new Set();
  const waiting = [''];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const { dependencies, optionalDependencies, peerDependencies } = packages[folder];
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      const target = found(packages, folder, name);
      // A peer that nobody asked for, or a binary for another system.
      if (target === undefined || seen.has(target) || !existsSync(path.join(root, target))) continue;
      seen.add(target);
      waiting.push(target);
    }
  }
  return [...seen].sort().map((folder) => ({
    folder,
    name: folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length),
    version: packages[folder].version,
    license: packages[folder].license,
    integrity: packages[folder].integrity,
  }));
}
