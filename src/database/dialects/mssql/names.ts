import type { Knex } from 'knex';
import { ToolError } from '../../../errors/index.js';
import { escapedMarks } from '../../literal-marks.js';
import { quote } from './quote.js';

/**
 * How a session writes the names of what stands in its schema. Without a schema a name means the user's own one first
 * and `dbo` after that, so that a table that is not there would be another one.
 */
export class SessionNames {
  #schema: string | undefined;

  /** What the session said of itself after the login. */
  learn(schema: string): void {
    this.#schema = schema;
  }

  /** `[schema].[name]`, for a statement without values. */
  of(name: string): string {
    if (this.#schema === undefined)
      throw new ToolError('internal/unexpected', 'The session has no schema yet');
    return `${quote(this.#schema)}.${quote(name)}`;
  }

  /** The same for a statement with values, whose places knex finds by their question marks. */
  besideValues(name: string): string {
    return escapedMarks(this.of(name));
  }

  /** The same as a text of T-SQL, for functions that take the name of an object. */
  text(name: string): string {
    return `N'${this.of(name).replaceAll("'", "''")}'`;
  }
}

/** The part of our client that has them: knex makes another client for each transaction, of the same class. */
export interface NamingClient {
  readonly sessionNames: SessionNames;
}

export const namesOf = (knex: Knex): SessionNames => (knex.client as NamingClient).sessionNames;

/** A row that somebody keeps locked ends the run after half a minute. */
const begin = 'set lock_timeout 30000; select schema_name() as [schema]';

/**
 * Brings a new session into the state that the tool relies on, and learns its schema.
 * @throws an error that `classify` knows where the user's schema is not there
 */
export async function beginSession(knex: Knex): Promise<void> {
  const [row] = await knex.raw<{ schema: string | null }[]>(begin);
  const schema = row?.schema;
  if (typeof schema !== 'string') throw Object.assign(new Error('no schema'), { code: 'TMI_NO_SCHEMA' });
  namesOf(knex).learn(schema);
}
