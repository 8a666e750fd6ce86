/** Text for a page of the manual: nothing in it is taken for a request. */
export function roffText(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replace(/^\./gm, '\\&.')
    .replace(
      /[^\0-\x7f]/gu,
      (c) => `\\[u${(c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
    );
}

export const bold = (text: string): string => `\\fB${roffText(text)}\\fR`;

export const section = (title: string): string => `.SH ${title}\n`;

/** @param raw true when `text` holds roff of its own */
export const paragraph = (text: string, { raw = false } = {}): string =>
  `.PP\n${raw ? text : roffText(text.replace(/\s+/g, ' ').trim())}\n`;

/** A word with what it means, indented. `head` is roff already. */
export const tagged = (head: string, text: string): string => `.TP\n${head}\n${roffText(text)}\n`;

/** Lines as they are. */
export const verbatim = (text: string): string => `.PP\n.nf\n${roffText(text.replace(/\s+$/, ''))}\n.fi\n`;
