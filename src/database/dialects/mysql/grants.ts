/** Privileges of one line of `SHOW GRANTS`, and where they count. */
interface Grant {
  readonly revokes: boolean;
  readonly privileges: ReadonlySet<string>;
  readonly database: string;
  readonly table: string;
}

const name = '(\\*|`(?:[^`]|``)*`)';
const LINE = new RegExp(`^(GRANT|REVOKE) (.+?) ON (?:TABLE )?${name}\\.${name} (?:TO|FROM) `);

const unquoted = (text: string): string => text.replace(/^`|`$/g, '').replaceAll('``', '`');

/** Rights on single columns are no rights on a table. */
function privilegesOf(list: string): Set<string> {
  const whole = list.replaceAll(/[A-Z ]+\([^)]*\)/g, '').split(',');
  return new Set(whole.map((word) => word.trim()).filter((word) => word !== ''));
}

/** `%` and `_` stand for others in the name of a database, unless they are escaped. */
function matches(pattern: string, database: string): boolean {
  const source = pattern.replaceAll(/\\([%_\\])|[%_]|[^%_\\]+|\\/g, (part, escaped: string | undefined) => {
    if (part === '%') return '.*';
    if (part === '_') return '.';
    return (escaped ?? part).replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${source}$`, 's').test(database);
}

/** What an account may do, by the lines that the server shows of it. */
export class Grants {
  readonly #grants: readonly Grant[];

  constructor(lines: readonly string[]) {
    this.#grants = lines.flatMap((line) => {
      const [, verb, list = '', database = '', table = ''] = LINE.exec(line) ?? [];
      if (verb === undefined) return [];
      return [
        {
          revokes: verb === 'REVOKE',
          privileges: privilegesOf(list),
          database: unquoted(database),
          table: unquoted(table),
        },
      ];
    });
  }

  #holds({ privileges }: Grant, privilege: string): boolean {
    return privileges.has(privilege) || privileges.has('ALL PRIVILEGES') || privileges.has('ALL');
  }

  /** True for a right on the whole server. */
  everywhere(privilege: string): boolean {
    return this.#grants.some(
      (grant) => !grant.revokes && grant.database === '*' && this.#holds(grant, privilege),
    );
  }

  /** True for a right on every table of the database, those to come included. */
  onAll(database: string, privilege: string): boolean {
    // No table has this name, so that only rights on the whole count.
    return this.on(database, '', privilege);
  }

  /** True for a right on a table of the database; what was taken back of a right on the whole server counts. */
  on(database: string, table: string, privilege: string): boolean {
    const given = this.#grants.filter((grant) => this.#holds(grant, privilege));
    const own = given.some(
      (grant) =>
        !grant.revokes &&
        (grant.table === '*'
          ? grant.database !== '*' && matches(grant.database, database)
          : grant.database === database && grant.table === table),
    );
    const takenBack = given.some((grant) => grant.revokes && grant.database === database);
    return own || (this.everywhere(privilege) && !takenBack);
  }
}
