/* What lines of COPY in text format and lines of JSON have in common. */

export * from '../../line-bytes.js';

/** Behind a backslash: what means the same in the text format of COPY and in a text of JSON. */
export const escapesAlike: ReadonlySet<number> = new Set(
  [...'\\nrtbf'].map((character) => character.charCodeAt(0)),
);
