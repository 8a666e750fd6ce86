export const quote = (name: string): string => `[${name.replaceAll(']', ']]')}]`;

/** A name as a text of T-SQL, for functions that take the name of an object. */
export const quotedText = (name: string): string => `N'${quote(name).replaceAll("'", "''")}'`;
