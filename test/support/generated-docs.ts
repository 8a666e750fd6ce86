import { exitCodes } from '../../src/errors/index.js';
import type { EngineName } from '../../src/database/engine-name.js';
import { knownParameters } from '../../src/database/known-parameters.js';
import { commandEntries } from '../../commands/index.js';

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

const engineNames: Readonly<Record<EngineName, string>> = {
  postgres: 'PostgreSQL',
  mysql: 'MySQL, MariaDB',
  mssql: 'SQL Server',
  oracle: 'Oracle',
  sqlite: 'SQLite',
};

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
  'url-parameters': table(
    ['engine', 'parameter', 'what it does'],
    Object.entries(knownParameters).flatMap(([engine, parameters]) =>
      parameters.map(({ names, meaning }) => [
        engineNames[engine as EngineName],
        names.map((name) => `\`${name}\``).join(', '),
        meaning,
      ]),
    ),
  ),
};

/** A document with everything between `<!-- generated:NAME -->` and its end mark made anew. */
export function withGeneratedParts(text: string): string {
  return text.replace(
    /(<!-- generated:([a-z-]+) -->\n)[\s\S]*?(<!-- \/generated:\2 -->)/g,
    (_, start: string, name: string, end: string) => `${start}\n${generatedParts[name] ?? ''}\n\n${end}`,
  );
}
