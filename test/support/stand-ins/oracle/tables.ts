/** A column as the server's catalogue would know it. */
export interface Column {
  readonly name: string;
  /** `VARCHAR2`, `TIMESTAMP(6) WITH TIME ZONE`, … */
  readonly dataType: string;
  readonly length: number;
  /** What the length of a text counts; bytes where the declaration does not say. */
  readonly unit: 'char' | 'byte';
  readonly precision: number | null;
  readonly scale: number | null;
  readonly nullable: boolean;
  readonly virtual: boolean;
  /** Left out of `select *`, and `hidden` in the catalogue. */
  readonly invisible: boolean;
  /** `BY DEFAULT` or `ALWAYS` for one that counts. */
  readonly identity: string | undefined;
}

export interface ForeignKey {
  readonly name: string;
  readonly columns: readonly string[];
  readonly references: string;
  readonly referenced: readonly string[];
  readonly deferrable: boolean;
}

/** `novalidate`: asked of new rows alone. */
export type ConstraintState = 'validated' | 'novalidate' | 'disabled';

export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly primaryKey: readonly string[];
  /** Columns of unique keys. */
  readonly unique: readonly (readonly string[])[];
  foreignKeys: readonly ForeignKey[];
  readonly checks: readonly { readonly name: string; readonly condition: string }[];
  /** Of constraints that are not asked of all rows, by name. */
  readonly states: Map<string, ConstraintState>;
}

/** Cuts text at the commas that stand in no brackets. */
export function topLevelParts(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at <= text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (at === text.length || (text[at] === ',' && depth === 0)) {
      parts.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  return parts;
}

/** A name as the server keeps it: what is not quoted is in upper case. */
export const named = (text: string): string =>
  text.startsWith('"') ? text.slice(1, -1) : text.toUpperCase();

const namesIn = (text: string): string[] => topLevelParts(text).map(named);

const columnLine =
  /^("[^"]+"|\w+)\s+([a-z_0-9]+(?: with(?: local)? time zone| year\(\d\) to month| day\(\d\) to second\(\d\))?)(?:\((\d+|\*)(?:\s*,\s*(-?\d+))?\s*(char|byte)?\))?( with(?: local)? time zone)?(.*)$/i;

function column(line: string): Column {
  const [, name = '', base = '', first, second, unit, zone = '', rest = ''] = columnLine.exec(line) ?? [];
  if (name === '') throw new Error(`The stand-in for Oracle cannot read the column: ${line}`);
  const type = base.toUpperCase();
  const isTime = type.startsWith('TIMESTAMP');
  const number = first === undefined || first === '*' ? null : Number(first);
  const timeType = `TIMESTAMP(${number ?? 6})${(type + zone.toUpperCase()).replace('TIMESTAMP', '')}`;
  return {
    name: named(name),
    dataType: isTime ? timeType : type,
    length: number ?? (/^N?CHAR$/.test(type) ? 1 : 0),
    unit: type.startsWith('N') || unit?.toLowerCase() === 'char' ? 'char' : 'byte',
    precision: type === 'NUMBER' ? number : null,
    scale: type === 'NUMBER' && first !== undefined ? Number(second ?? 0) : isTime ? (number ?? 6) : null,
    nullable: !/not null|primary key/i.test(rest),
    virtual: /\bvirtual\b/i.test(rest),
    invisible: false,
    identity: /generated (always|by default) as identity/i.exec(rest)?.[1]?.toUpperCase(),
  };
}

/** Reads `create table`, as far as the tool and its tests write it. */
export function parseTable(sql: string): Table {
  const [, name = '', body = ''] = /^create table ("[^"]+"|\w+) \(([\s\S]*)\)$/i.exec(sql.trim()) ?? [];
  const columns: Column[] = [];
  const foreignKeys: ForeignKey[] = [];
  const checks: { name: string; condition: string }[] = [];
  const states = new Map<string, ConstraintState>();
  const unique: string[][] = [];
  let primaryKey: string[] = [];
  for (const line of topLevelParts(body)) {
    const constraint = /^constraint ("[^"]+"|\w+) ([\s\S]*)$/i.exec(line);
    const [rule = '', state] = (constraint?.[2] ?? line).split(/ (disable|enable novalidate)$/i);
    if (state !== undefined)
      states.set(named(constraint?.[1] ?? ''), state === 'disable' ? 'disabled' : 'novalidate');
    const key = /^primary key \(([^)]*)\)$/i.exec(rule);
    const foreign =
      /^foreign key \(([^)]*)\) references ("[^"]+"|\w+) \(([^)]*)\)(?: on delete \w+)?( deferrable)?/i.exec(
        rule,
      );
    const check = /^check \(([\s\S]*)\)$/i.exec(rule);
    const only = /^unique \(([^)]*)\)$/i.exec(rule);
    if (key) primaryKey = namesIn(key[1] ?? '');
    else if (only) unique.push(namesIn(only[1] ?? ''));
    else if (foreign) {
      foreignKeys.push({
        name: named(constraint?.[1] ?? ''),
        columns: namesIn(foreign[1] ?? ''),
        references: named(foreign[2] ?? ''),
        referenced: namesIn(foreign[3] ?? ''),
        deferrable: foreign[4] !== undefined,
      });
    } else if (check) checks.push({ name: named(constraint?.[1] ?? ''), condition: check[1] ?? '' });
    else {
      const own = column(line);
      columns.push(own);
      if (/primary key/i.test(line)) primaryKey = [own.name];
    }
  }
  return { name: named(name), columns, primaryKey, unique, foreignKeys, checks, states };
}

/** How SQLite keeps a column: numbers and times as their text, so that no digit is lost. */
function kept({ dataType }: Column): string {
  if (/^(BLOB|RAW|LONG RAW)$/.test(dataType)) return 'BLOB';
  if (dataType.startsWith('BINARY_')) return 'REAL';
  return 'TEXT';
}

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');

/** The table in SQLite, with the constraints that the server would check. */
export function sqliteTable({ name, columns, primaryKey, unique, foreignKeys, checks }: Table): string {
  const lines = columns.map((own) => {
    const needed = own.nullable && !primaryKey.includes(own.name) ? '' : ' not null';
    return `"${own.name}" ${kept(own)}${needed}`;
  });
  const rest = [
    ...(primaryKey.length > 0 ? [`primary key (${quoted(primaryKey)})`] : []),
    ...unique.map((names) => `unique (${quoted(names)})`),
    ...checks.map((check) => `constraint "${check.name}" check (${check.condition})`),
    ...foreignKeys.map(
      (key) =>
        `foreign key (${quoted(key.columns)}) references "${key.references}" (${quoted(key.referenced)})${key.deferrable ? ' deferrable initially deferred' : ''}`,
    ),
  ];
  return `create table "${name}" (${[...lines, ...rest].join(', ')})`;
}
