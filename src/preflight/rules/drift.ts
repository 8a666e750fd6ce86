import { readLeafValue } from '../../config/file-layer.js';
import type { ConfigLeaf } from '../../config/leaves.js';
import { circumstancesOf, server18ReadsOf } from '../../config/precedence.js';
import { entryOfKey, keyOfLookup } from '../../config/setting-key.js';
import type { SettingKey } from '../../config/setting-key.js';
import type { Configuration } from '../configuration.js';
import { importCommand } from '../import-command.js';
import { always, type Rule } from '../rule.js';

function isReadFromFileOnly(key: SettingKey): boolean {
  return server18ReadsOf(key) === 'file';
}

/** Under `--server 1.8` a key that this server reads only from its file is where it belongs. */
function belongsInFile({ options }: Configuration, key: SettingKey): boolean {
  if (!key.operational || key.setting?.alsoStored) return true;
  return options.server === '1.8' && isReadFromFileOnly(key);
}

/** True for a value that servers take from a file and that an import leaves there, since no row can hold it. */
function isUnfit(leaf: ConfigLeaf): boolean {
  const key = keyOfLookup(leaf.lookup);
  return key !== undefined && readLeafValue(leaf, key, '').kind === 'unfit';
}

/** Providers that an import leaves in the file whole. */
function wholeEntries({ leaves }: Configuration): ReadonlySet<string | undefined> {
  return new Set(
    leaves.filter(isUnfit).map((leaf) => {
      const key = keyOfLookup(leaf.lookup);
      return key && entryOfKey(key);
    }),
  );
}

/** What an import would leave where it stands, with what to do instead; undefined for what it moves or cuts. */
function leftByImport(
  { fileLayer, environmentLayer, options }: Configuration,
  leaf: ConfigLeaf,
  key: SettingKey,
  whole: ReadonlySet<string | undefined>,
): string | undefined {
  const text = fileLayer.values.get(key.key)?.text;
  if (isUnfit(leaf)) return 'No row can hold this value: write another one.';
  if (key.provider) {
    return whole.has(entryOfKey(key))
      ? 'An import leaves the provider here whole, since no row can hold another value of it: write that one anew.'
      : undefined;
  }
  if (text === '' && (key.setting?.default ?? '') !== '')
    return `Its empty text overrides the default (${key.setting?.default ?? ''}), and the database holds no empty text: take the line out, or write what is meant.`;
  const isEmpty = text === '' || (text === undefined && fileLayer.nulls.has(key.key));
  const { server18Reads, file, emptySaysNothing } = circumstancesOf(key, '1.8', {
    file: fileLayer,
    environment: environmentLayer,
  });
  const pins = file === 'own-name' && !emptySaysNothing && server18Reads !== 'file';
  if (!isEmpty || !pins || options.server === 'documented') return undefined;
  return 'To a Go server 1.8 a key without a value pins the default and hides rows: take the line out, or write what is meant.';
}

export const drift: Rule = {
  id: 'drift',
  tier: 'rules',
  severity: always('warning'),
  summary: 'An operational setting stands in the file',
  why: 'Operational settings live in the database, where administrators change them while the server runs. A copy in the file outranks the defaults that the server seeded and is outranked by what somebody set, so file and server drift apart unseen. With `--strict` this is an error. With `--server 1.8` keys that the Go server 1.8 reads only from its file are not drift; while nobody has said which server reads the file, they are an information.',
  fix: 'Run the command of the hint. It moves the values into the database, cuts the keys out of the file, keeps a backup and proves that the server behaves as before.',
  *check(configuration) {
    const { leaves, file, options } = configuration;
    const whole = wholeEntries(configuration);
    for (const leaf of leaves) {
      const { lookup, position, name } = leaf;
      const key = keyOfLookup(lookup);
      if (!key || belongsInFile(configuration, key)) continue;
      if (options.server === 'auto' && isReadFromFileOnly(key)) {
        yield {
          message: `${name} is an operational setting that a Go server 1.8 reads only from its file`,
          ...(file === undefined ? {} : { file }),
          position,
          key: name,
          hint: 'Say which server reads the file: --server 1.8 (it belongs here) or --server documented (it is drift).',
          severity: 'info',
        };
        continue;
      }
      yield {
        message: `${name} is an operational setting, and those live in the database`,
        ...(file === undefined ? {} : { file }),
        position,
        key: name,
        hint: leftByImport(configuration, leaf, key, whole) ?? importCommand(file),
        ...(options.strict ? { severity: 'error' } : {}),
      };
    }
  },
};
