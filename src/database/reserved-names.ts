/** Names that an engine keeps for itself. */
const reserved = new Map([['sqlite', /^sqlite_/i]]);

/** True for a name that no table of anybody has in this engine. */
export const isReservedTable = (engine: string, name: string): boolean =>
  reserved.get(engine)?.test(name) ?? false;
