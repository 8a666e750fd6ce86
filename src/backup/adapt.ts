import type { Capabilities, ColumnFacts, PortableRow, PortableValue } from '../database/index.js';
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

/** What stands for the last of three digits where only 0, 3 and 7 are kept. */
const THIRDS = '0003333777';

/** The latest second up to this one that the column keeps, without zeros at its end. */
function keptSeconds(seconds: string, fraction: string, { fractionDigits, timeSteps }: ColumnFacts): string {
  if (timeSteps === 'minutes') return '00';
  const digits = fraction.slice(0, fractionDigits);
  const kept =
    timeSteps === 'thirds' && digits.length === 3
      ? digits.slice(0, 2) + (THIRDS[Number(digits[2])] ?? '')
      : digits;
  const plain = kept.replace(/0+$/, '');
  return plain === '' ? seconds : `${seconds}.${plain}`;
}

function keptInWords({ fractionDigits, timeSteps }: ColumnFacts): string {
  if (timeSteps === 'minutes') return 'whole minutes, and the backup has seconds';
  const digits = `${fractionDigits} digits of a second`;
  return timeSteps === 'thirds'
    ? `${digits}, of which the last is 0, 3 or 7, and the backup has others`
    : `${digits}, and the backup has more`;
}

function cutSeconds({ target }: ColumnPair, table: string, { cutTimes }: AdaptOptions): Adapt | undefined {
  const digits = target.fractionDigits;
  if (digits === undefined || digits >= 9) return undefined;
  return (value) => {
    // What SQLite kept in another form is a text in a tag.
    const text = isTagged(value) && 'text' in value ? value.text : value;
    if (typeof text !== 'string') return value;
    const iso = target.kind === 'timestamp' ? (isoInstant(text) ?? text) : text;
    const [, minutes, seconds, fraction, zone = ''] = /^(.*:)(\d\d)\.(\d*?)0*(Z?)$/.exec(iso) ?? [];
    if (minutes === undefined || seconds === undefined || fraction === undefined) return value;
    const kept = keptSeconds(seconds, fraction, target);
    if (kept === (fraction === '' ? seconds : `${seconds}.${fraction}`)) return value;
    if (!cutTimes) {
      throw new ToolError(
        'backup/not-fitting',
        `The column ${table}.${target.name} keeps ${keptInWords(target)}`,
        { hint: 'Widen the column, or accept the loss of the further digits with --cut-times.' },
      );
    }
    return `${minutes}${kept}${zone}`;
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
