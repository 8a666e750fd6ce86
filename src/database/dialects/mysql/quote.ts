/** An identifier in the quotation marks that the server takes whatever its mode is. */
export const quote = (name: string): string => `\`${name.replaceAll('`', '``')}\``;
