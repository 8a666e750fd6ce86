import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The licence texts of packages, one after the other. @returns text */
export function licencesOf(root, packages) {
  return packages
    .map(({ folder, name, version, license }) => {
      const texts = readdirSync(path.join(root, folder))
        .filter((file) => /^(licen[cs]e|copying|notice)/i.test(file))
        .sort()
        .map((file) => readFileSync(path.join(root, folder, file), 'utf8').trim());
      const head = `${name} ${version} (${license ?? 'no licence is named'})`;
      return [
        head,
        '='.repeat(head.length),
        '',
        ...(texts.length > 0 ? texts : ['No text is shipped.']),
        '',
      ].join('\n');
    })
    .join('\n');
}
