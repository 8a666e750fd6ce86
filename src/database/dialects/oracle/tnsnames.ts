import { dirname, isAbsolute, join } from 'node:path';
import { readInput } from '../../../config/files/input.js';

/** How deep a file may include others, as in Oracle's own readers. */
const MAX_DEPTH = 4;

/** The end of a parenthesis that begins at `start`, its closing bracket included. */
function endOfBrackets(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    else if (text[at] === ')') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return text.length;
}

/** Splits the text of a file into names with what stands behind their equals signs. */
function entriesOf(text: string): [name: string, value: string][] {
  const plain = text.replace(/#.*$/gm, '');
  const entries: [string, string][] = [];
  const name = /\s*([^\s=()][^=()]*?)\s*=\s*/y;
  for (let at = 0; ;) {
    name.lastIndex = at;
    const match = name.exec(plain);
    if (!match) return entries;
    const start = name.lastIndex;
    const line = plain.indexOf('\n', start);
    const end = plain[start] === '(' ? endOfBrackets(plain, start) : line < 0 ? plain.length : line;
    entries.push([match[1] ?? '', plain.slice(start, end).trim()]);
    at = end;
  }
}

/**
 * The aliases of a file `tnsnames.ora` by their upper-case names, those of files that it includes as well.
 * @returns undefined when there is no such file, or none that can be read
 */
export async function readAliases(file: string, depth = 0): Promise<Map<string, string> | undefined> {
  const text = await readInput(file).then(
    ({ bytes }) => bytes.toString('utf8'),
    () => undefined,
  );
  if (text === undefined) return undefined;
  const aliases = new Map<string, string>();
  for (const [names, value] of entriesOf(text)) {
    if (names.toUpperCase() === 'IFILE') {
      if (depth >= MAX_DEPTH) continue;
      const included = isAbsolute(value) ? value : join(dirname(file), value);
      for (const [name, descriptor] of (await readAliases(included, depth + 1)) ?? []) {
        aliases.set(name, descriptor);
      }
      continue;
    }
    for (const name of names.split(',')) aliases.set(name.trim().toUpperCase(), value);
  }
  return aliases;
}

/**
 * A descriptor with one attempt that ends in time, whatever the file says: those of Autonomous Database try for minutes,
 * and the tool has its own way of waiting.
 */
export function withTimeout(descriptor: string, timeoutMs: number): string {
  return descriptor
    .replace(/\s+/g, ' ')
    .replace(/\(\s*(?:retry_count|retry_delay|connect_timeout|transport_connect_timeout)\s*=[^()]*\)/gi, '')
    .replace(/\(\s*description\s*=/gi, `(DESCRIPTION=(CONNECT_TIMEOUT=${timeoutMs / 1000})`);
}
