import { exitCodes } from '../../src/errors/index.js';
import { commandEntries } from '../../commands/index.js';

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** The parts of the documentation that the code knows best, by name. */
export const generatedParts: Readonly<Record<string, string>> = {
  commands: table(
    ['command', 'what it does'],
    commandEntries.map(({ name, summary }) => [`\`${name}\``, summary]),
  ),
  'exit-codes': table(
    ['code', 'meaning'],
    [
      ...Object.values(exitCodes).map(({ code, meaning }) => [String(code), meaning]),
      ['128+n', 'ended by signal n'],
    ],
  ),
};

/** A document with everything between `<!-- generated:NAME -->` and its end mark made anew. */
export function withGeneratedParts(text: string): string {
  return text.replace(
    /(<!-- generated:([a-z-]+) -->\n)[\s\S]*?(<!-- \/generated:\2 -->)/g,
    (_, start: string, name: string, end: string) => `${start}\n${generatedParts[name] ?? ''}\n\n${end}`,
  );
}
