/** The line to type that moves operational settings of a file into the database. */
export function importCommand(file: string | undefined): string {
  return `tmi-dbtool import-legacy -f ${shellWord(file ?? 'FILE')}`;
}

/** A text as one word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
