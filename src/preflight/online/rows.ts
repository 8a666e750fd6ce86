import { checkValue } from '../../config/checks.js';
import { entryOwner } from '../../config/precedence.js';
import { keyOfLookup, providerEntry, type SettingKey } from '../../config/setting-key.js';
import { untidiness } from '../../config/untidy.js';
import { entryOverriddenBy } from '../../config/written.js';
import type { Capabilities } from '../../database/contract.js';
import { isSecretKey, nearestDatabaseKey, settingByDatabaseKey } from '../../registry/index.js';
import type { SettingsCipher } from '../../settings/cipher.js';
import { decodeRows, type DecodedRow, type DecodedRows } from '../../settings/decode.js';
import { rowExpected } from '../../settings/row-value.js';
import type { SettingsTable } from '../../settings/store.js';
import { isNormalForm } from '../../values/index.js';
import { reportOn, type Configuration, type Value } from '../configuration.js';
import type { Report } from '../finding.js';
import { importCommand } from '../import-command.js';
import { missingFields } from '../providers.js';
import { shownText } from '../shown.js';

export type RowRule =
  | 'row-against-variable'
  | 'row-seeded-differs'
  | 'row-invalid'
  | 'row-stray-characters'
  | 'row-undecryptable'
  | 'row-plain-secret'
  | 'row-unknown-key'
  | 'row-provider-incomplete'
  | 'row-provider-hidden';

/** A row of a known setting together with what file and environment say about it. */
interface Known {
  readonly key: SettingKey;
  readonly row: DecodedRow;
  readonly written: Value | undefined;
}

function knownRows(rows: DecodedRows['rows'], configuration: Configuration): Known[] {
  return [...rows.values()].flatMap((row): Known[] => {
    // Servers read a row without a value as not set.
    if (row.text === '') return [];
    const found = settingByDatabaseKey(row.stored.key);
    const key = found && keyOfLookup(found);
    return key ? [{ key, row, written: configuration.written(key.path) }] : [];
  });
}

/** What the row should hold, when it holds something else. */
function expectedInstead({ key, row }: Known): string | undefined {
  const type = key.databaseType;
  if (type === null || row.stored.type !== type) return type === null ? undefined : `a row of type ${type}`;
  if (!isNormalForm(type, row.text)) return `a value of type ${type}`;
  return rowExpected(key, row.text) ?? checkValue(key, row.text);
}

/** An explicit row wins over a variable in the documented model; a seeded one loses against whatever was written. */
function disagreements(
  known: readonly Known[],
  file: string | undefined,
): Pick<Record<RowRule, Report[]>, 'row-against-variable' | 'row-seeded-differs'> {
  const against: Report[] = [];
  const seeded: Report[] = [];
  for (const { key, row, written } of known) {
    if (!written || written.text === '' || written.text === row.text) continue;
    const facts = { found: shownText(key, written.text), expected: shownText(key, row.text) };
    if (row.origin === 'seeded') {
      const hint = written.layer === 'file' ? importCommand(file) : 'tmi-dbtool import-legacy --from-env';
      seeded.push(
        reportOn(written, {
          message: `${key.path} differs from the default in the database`,
          ...facts,
          hint,
        }),
      );
    } else if (written.layer === 'environment') {
      const variable = written.place.variable ?? '';
      against.push(
        reportOn(written, {
          message: `${key.path} was set in the database, so ${variable} has no effect`,
          ...facts,
          hint: `Unset ${variable}, or run: tmi-dbtool settings unset ${key.key}`,
        }),
      );
    }
  }
  return { 'row-against-variable': against, 'row-seeded-differs': seeded };
}

/** Providers of the database of which an entry in the file or in variables takes every row out of use. */
function hiddenProviders(known: readonly Known[], configuration: Configuration): Report[] {
  const stored = new Map(
    known.flatMap(({ key: { provider } }) =>
      provider ? [[providerEntry(provider.family, provider.id), provider.id] as const] : [],
    ),
  );
  return [...stored].flatMap(([entry, id]): Report[] => {
    const owner = entryOwner(entry, configuration.layers);
    if (owner === 'row') return [];
    const variable = entryOverriddenBy(entry, configuration.layers);
    return [
      {
        message: `The provider ${id} stands in the database too, and this one hides it`,
        ...(variable === undefined ? configuration.placeOf(entry) : { variable }),
        key: entry,
        hint: variable === undefined ? importCommand(configuration.file) : `Unset ${variable}.`,
      },
    ];
  });
}

/** Enabled entries of the database that lack a field. */
function incompleteProviders(known: readonly Known[]): Report[] {
  const texts = new Map(known.map(({ key, row }) => [key.key, row.text]));
  return known.flatMap(({ key: { provider }, row }): Report[] => {
    if (provider?.field.name !== 'enabled' || row.text !== 'true') return [];
    const entry = providerEntry(provider.family, provider.id);
    const has = (name: string): boolean => !['', '[]'].includes(texts.get(`${entry}.${name}`) ?? '');
    return missingFields(provider.family, has).map((name) => ({
      message: `The provider ${provider.id} is enabled in the database and has no ${name}`,
      key: `${entry}.${name.split(' or ')[0]}`,
      expected: name,
      hint: `Set it with tmi-dbtool settings set, or run: tmi-dbtool settings set ${entry}.enabled false`,
    }));
  });
}

/** Texts with what slips in unseen, secrets too; lists and maps hold quotes and blanks of their own. */
function strayCharacters(known: readonly Known[]): Report[] {
  return known.flatMap(({ key: { key }, row }): Report[] => {
    const found = row.stored.type === 'string' ? untidiness(row.text) : undefined;
    if (!found) return [];
    // Without the value, which would show nothing.
    return [
      {
        message: `The row ${key} ${found.what}`,
        key,
        hint: `Set it again without it: tmi-dbtool settings set ${key} VALUE`,
      },
    ];
  });
}

function unknownKeys({ rows }: DecodedRows): Report[] {
  return [...rows.values()].flatMap(({ stored: { key } }): Report[] => {
    if (settingByDatabaseKey(key)) return [];
    const nearest = nearestDatabaseKey(key);
    return [
      {
        message: `The row ${key} is no setting`,
        key,
        ...(nearest === undefined ? {} : { expected: nearest }),
        hint: `Remove it: tmi-dbtool settings unset ${key}`,
      },
    ];
  });
}

/** Looks over the rows of the settings table. Pure: everything was read before. */
export function checkRows(
  configuration: Configuration,
  table: SettingsTable,
  cipher: SettingsCipher,
  capabilities: Pick<Capabilities, 'caseInsensitiveKeys'>,
): Record<RowRule, Report[]> {
  const decoded = decodeRows(table, cipher, capabilities);
  const known = knownRows(decoded.rows, configuration);
  const plain = [...decoded.rows.values()].filter(
    ({ stored, encrypted, text }) => !encrypted && text !== '' && isSecretKey(stored.key),
  );
  return {
    ...disagreements(known, configuration.file),
    'row-invalid': known.flatMap((row): Report[] => {
      const expected = expectedInstead(row);
      if (expected === undefined) return [];
      const { key } = row.key;
      return [
        {
          message: `The row ${key} is not valid`,
          key,
          found: shownText(row.key, row.row.text),
          expected,
          hint: `Set it again: tmi-dbtool settings set ${key} VALUE`,
        },
      ];
    }),
    'row-stray-characters': strayCharacters(known),
    'row-undecryptable': [...decoded.unreadable.values()].map(({ message, key, hint }) => ({
      message,
      ...(key === undefined ? {} : { key }),
      ...(hint === undefined ? {} : { hint }),
    })),
    'row-plain-secret': plain.map(({ stored: { key } }) => ({
      message: `The secret ${key} stands in the database in plain text`,
      key,
      hint: 'Configure settings_encryption_key, and run: tmi-dbtool settings reencrypt',
    })),
    'row-unknown-key': unknownKeys(decoded),
    'row-provider-incomplete': incompleteProviders(known),
    'row-provider-hidden': hiddenProviders(known, configuration),
  };
}
