/** An identifier in quotation marks, as the catalogue has it. Oracle knows no quotation mark within one. */
export const quote = (name: string): string => `"${name.replaceAll('"', '')}"`;

/**
 * A name of the tool's own, as a server that quotes nothing would have made it: in upper case. One that holds more than
 * lower-case letters, digits and underscores was meant as it stands.
 */
const ownName = (name: string): string => (/^[a-z][a-z0-9_]*$/.test(name) ? name.toUpperCase() : name);

export const quoteOwn = (name: string): string => quote(ownName(name));

/** The reverse of `ownName`, for the columns of a result. */
export const shownName = (name: string): string =>
  /^[A-Z][A-Z0-9_]*$/.test(name) ? name.toLowerCase() : name;
