import type { Capabilities, PortableRow, PortableValue } from '../database/index.js';
import { ToolError } from '../errors/index.js';
import { isoInstant } from '../database/instant.js';
import { isTagged } from '../database/portable.js';
import type { ColumnPair, TablePair } from './fit.js';

export interface AdaptOptions {
  /** Cut digits of a second that a column cannot keep, in place of refusing them. */
  readonly cutTimes: boolean;
}

type Adapt = (value: PortableValue) => PortableValue;

function applied(step: Adapt | undefined, value: PortableValue): PortableValue {
  return step ? step(value) : value;
}

function cutSeconds({ target }: ColumnPair, table: string, { cutTimes }: AdaptOptions): Adapt | undefined {
  const digits = target.fractionDigits;
  if (digits === undefined || digits >= 9) return undefined;
  return (value) => {
    // What SQLite kept in another form is a text in a tag.
    const text = isTagged(value) && 'text' in value ? value.text : value;
    if (typeof text !== 'string') return value;
    const iso = target.kind === 'timestamp' ? (isoInstant(text) ?? text) : text;
    const [, whole, fraction, zone = ''] = /^(.*:\d\d)\.(\d*?)0*(Z?)$/.exec(iso) ?? [];
    if (whole === undefined || fraction === undefined || fraction.length <= digits) return value;
    if (!cutTimes) {
      throw new ToolError(
        'backup/not-fitting',
        `The column ${table}.${target.name} keeps ${digits} digits of a second, and the backup has more`,
        { hint: 'Widen the column, or accept the loss of the further digits with --cut-times.' },
      );
    }
    return `${whole}${digits === 0 ? '' : `.${fraction.slice(0, digits)}`}${zone}`;
  };
}

/** @throws ToolError `backup/not-fitting` where the empty text is NULL and the column refuses NULL */
function emptyAsNull({ target }: ColumnPair, table: string): null {
  if (target.nullable) return null;
  throw new ToolError(
    'backup/not-fitting',
    `The backup has an empty text for ${table}.${target.name}, which is NULL in this database, and the column refuses NULL`,
    { hint: `Let the column take NULL, or give those rows a text where the backup was made.` },
  );
}

/**
 * Brings rows of a backup into the form in which the database can keep them. Nothing is lost without being asked for.
 * @throws ToolError `backup/not-fitting`, from the function that it answers
 */
export function adaptRows(
  pair: TablePair,
  capabilities: Pick<Capabilities, 'emptyStringIsNull'>,
  options: AdaptOptions,
): (rows: readonly PortableRow[]) => readonly PortableRow[] {
  const steps = pair.columns.map((column): Adapt | undefined => {
    const cut = cutSeconds(column, pair.target.name, options);
    if (!capabilities.emptyStringIsNull) return cut;
    return (value) => (value === '' ? emptyAsNull(column, pair.target.name) : applied(cut, value));
  });
  if (steps.every((step) => step === undefined)) return (rows) => rows;
  return (rows) => rows.map((row) => row.map((value, index) => applied(steps[index], value)));
}
