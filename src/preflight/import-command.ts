import { shellWord } from '../values/index.js';

/** The line to type that moves operational settings of a file into the database. */
export function importCommand(file: string | undefined): string {
  return `tmi-dbtool import-legacy -f ${shellWord(file ?? 'FILE')}`;
}
