/**
 * A text as a literal, as the driver's own `escapeLiteral` writes it. That one goes from character to character, and a
 * receipt has many.
 */
export function escapeLiteral(text: string): string {
  const quoted = text.replaceAll("'", "''");
  return quoted.includes('\\') ? ` E'${quoted.replaceAll('\\', '\\\\')}'` : `'${quoted}'`;
}
