import type { ColumnFacts, PortableRow, PortableValue, TableFacts, ValueKind } from '../database/index.js';
import { groupBy } from '../database/group-by.js';
import { isMalformedText } from '../database/portable.js';

/** Names that are one where case does not count. */
function alike(names: readonly string[]): string[][] {
  return [...groupBy(names, (name) => name.toLowerCase()).values()].filter(({ length }) => length > 1);
}

/** What a server whose names have no case cannot tell apart. */
export function namesInOneCase(tables: readonly TableFacts[]): string[] {
  const columns = tables.flatMap(({ name, columns: own }) =>
    alike(own.map((column) => column.name)).map((names) => names.map((column) => `${name}.${column}`)),
  );
  return [...alike(tables.map(({ name }) => name)), ...columns].map(
    (names) => `${names.join(' and ')}: one name where the case of letters does not count`,
  );
}

const malformed = 'texts that are not valid in their encoding, which other engines refuse';
const nul = 'texts with the character NUL, which PostgreSQL refuses';
const times = 'points in time that no calendar has or that lie out of its years, which other engines refuse';
const numbers = 'numbers that are none or infinite, which other engines refuse';

/** As servers and engines write a time, with a zone or without one. */
const written = /^(\d{4})-(\d\d)-(\d\d)[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?: ?(?:Z|[+-]\d\d(?::?\d\d)?))?$/;

/** As the tool and Go's drivers write a time, on a day that every month has: nearly every value, and each row is looked at. */
const plain =
  /^(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])[ T]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)$/;

/** True for a time on a day of the calendar, from the year 1 to 9999. */
function isOnCalendar(text: string): boolean {
  if (plain.test(text)) return true;
  const [, year = '', month = '', day = ''] = written.exec(text) ?? [];
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  return year !== '0000' && date.getUTCDate() === Number(day);
}

/** Looks at values of a kind, where some may be no values of it elsewhere. */
const odd: Partial<Record<ValueKind, (value: PortableValue) => string | undefined>> = {
  timestamp: (value) => (typeof value === 'string' && !isOnCalendar(value) ? times : undefined),
  date: (value) =>
    typeof value === 'string' && (value.includes('-00') || value.startsWith('0000') || /[^\d-]/.test(value))
      ? times
      : undefined,
  // A decimal has digits alone, whatever the engine takes besides.
  decimal: (value) => (typeof value === 'string' && /^-?(?:nan|inf)/i.test(value) ? numbers : undefined),
  float: (value) => (typeof value === 'string' && value !== '-0' ? numbers : undefined),
};

function textFault(value: PortableValue): string | undefined {
  if (isMalformedText(value)) return malformed;
  return typeof value === 'string' && value.includes('\0') ? nul : undefined;
}

/** Finds values of one table that other engines do not take, while its rows go by. */
export class OddValues {
  readonly #found = new Map<number, Set<string>>();
  readonly #watched: readonly {
    readonly index: number;
    readonly find: (value: PortableValue) => string | undefined;
  }[];

  constructor(
    private readonly table: string,
    private readonly columns: readonly ColumnFacts[],
  ) {
    this.#watched = columns.flatMap(({ kind }, index) => {
      const find = odd[kind];
      return find ? [{ index, find }] : [];
    });
  }

  /** @param lines of the rows in the backup, in which a text is quickly looked for */
  add(rows: readonly PortableRow[], lines: Buffer): void {
    if (rows.length === 0) return;
    for (const { index, find } of this.#watched) {
      for (const row of rows) this.#note(index, find(row[index] ?? null));
    }
    if (!lines.includes('\\u0000') && !lines.includes('{"utf')) return;
    for (const row of rows) row.forEach((value, index) => this.#note(index, textFault(value)));
  }

  #note(index: number, fault: string | undefined): void {
    if (fault === undefined) return;
    this.#found.set(index, (this.#found.get(index) ?? new Set()).add(fault));
  }

  /** `notes.body: texts with …` */
  texts(): string[] {
    return [...this.#found].flatMap(([index, faults]) =>
      [...faults].map((fault) => `${this.table}.${this.columns[index]?.name ?? ''}: ${fault}`),
    );
  }
}
