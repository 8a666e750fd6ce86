/** What a fault is about, out of the schema: names are no secrets, values may be. */
export interface FaultNames {
  readonly constraint?: string | undefined;
  readonly table?: string | undefined;
  readonly column?: string | undefined;
}

/**
 * How an engine words a fault about something in the schema. Groups are `constraint`, `table` and `column`. Values stand
 * in such texts too, so a pattern is tied to the end that no value reaches.
 */
export type FaultWording = readonly RegExp[];

/** Longer than a name of any engine, and no control character in it. */
const name = /^[^\p{C}]{1,257}$/u;

const plain = (value: unknown): string | undefined =>
  typeof value === 'string' && name.test(value) ? value : undefined;

/** Names as a driver gives them, without what is none; undefined when nothing is left. */
export function faultNames(given: Readonly<Record<keyof FaultNames, unknown>>): FaultNames | undefined {
  const [constraint, table, column] = [plain(given.constraint), plain(given.table), plain(given.column)];
  return (constraint ?? table ?? column) ? { constraint, table, column } : undefined;
}

/** Names out of the server's text, by the first wording that fits. A server of another language names nothing. */
export function namesIn(text: string | undefined, wordings: FaultWording): FaultNames | undefined {
  for (const wording of wordings) {
    const groups = wording.exec(text ?? '')?.groups;
    if (groups) {
      return faultNames({
        constraint: groups['constraint'],
        table: groups['table'],
        column: groups['column'],
      });
    }
  }
  return undefined;
}

/** `: constraint "a", table "b", column "c"`; nothing without names. */
export function shownNames(names: FaultNames | undefined): string {
  const parts = (['constraint', 'table', 'column'] as const).flatMap((kind) => {
    const own = names?.[kind];
    return own === undefined ? [] : [`${kind} "${own}"`];
  });
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
}
