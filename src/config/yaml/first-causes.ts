import type { Fault } from './faults.js';
import type { LineIndex } from './lines.js';
import { explain } from './yaml-messages.js';

/** A text with more causes is hardly a configuration, and gets the parser's list as it is. */
const MAX_CAUSES = 10;

/** Longer texts are not read again for every cause. Four hundred lines with their comments have twenty thousand characters. */
const MAX_LENGTH = 60_000;

const spaces = (text: string): string => ' '.repeat(text.length);

/** The text with a line made harmless, every offset kept: first without its value, then without anything. */
function* repairs(lines: LineIndex, text: string, line: number): Generator<string> {
  const [start, end] = [lines.start(line), lines.contentEnd(line)];
  const written = text.slice(start, end);
  const key = /^ *[\w.-]+:(?= )/.exec(written)?.[0];
  const without = (kept: string): string =>
    text.slice(0, start) + kept + spaces(written.slice(kept.length)) + text.slice(end);
  if (key !== undefined) yield without(key);
  yield without('');
}

/** Columns of white space; without end for a line that holds nothing or a comment. */
function indentOf(lines: LineIndex, line: number): number {
  const written = lines.text.slice(lines.start(line), lines.contentEnd(line));
  const at = written.search(/\S/);
  return at < 0 || written[at] === '#' ? Number.POSITIVE_INFINITY : at;
}

/**
 * The faults that go on where one of wrong indentation begins: those of the next lines at the same indentation, as long
 * as all of them are wrong. What is wrong stands above them then, and once.
 */
function runOf(lines: LineIndex, first: Fault, faults: readonly Fault[]): ReadonlySet<Fault> {
  const run = new Set<Fault>();
  if (first.message !== explain('BAD_INDENT').message) return run;
  const from = lines.lineOf(first.offset);
  const indent = indentOf(lines, from);
  for (let line = from + 1; line < lines.count && indentOf(lines, line) >= indent; line++) {
    if (indentOf(lines, line) > indent) continue;
    const same = faults.filter((f) => f.message === first.message && lines.lineOf(f.offset) === line);
    if (same.length === 0) break;
    for (const fault of same) run.add(fault);
  }
  return run;
}

/**
 * Leaves out the faults that only repeat what another one says: one bracket too many makes every line behind it look
 * wrong. A fault only follows when it is gone as soon as the line of another one is made harmless, or when it goes on where
 * another one begins. Every other fault stays.
 *
 * @param faults what is wrong with the text, all of it
 * @param faultsOf reads a changed text
 */
export function firstCauses(
  lines: LineIndex,
  faults: readonly Fault[],
  faultsOf: (text: string) => readonly Fault[],
): readonly Fault[] {
  if (faults.length < 2 || lines.text.length > MAX_LENGTH) return faults;
  const lineOf = ({ offset }: Fault): number => lines.lineOf(offset);
  const causes: Fault[] = [];
  let text = lines.text;
  let left = [...faults].sort((a, b) => a.offset - b.offset);
  for (let first = left[0]; first; first = left[0]) {
    if (causes.length >= MAX_CAUSES) return faults;
    const mended = mend(lines, text, left, faultsOf);
    const line = mended?.line ?? lineOf(first);
    const run = runOf(lines, first, left);
    // Of one kind a line is said to hold one.
    const here = left.filter((fault) => lineOf(fault) === line);
    causes.push(...here.filter(({ message }, i) => here.findIndex((f) => f.message === message) === i));
    // A change can make what is right look wrong, so only lines count that were wrong before.
    const wrong = new Set(left.filter((fault) => !run.has(fault)).map(lineOf));
    wrong.delete(line);
    wrong.delete(lineOf(first));
    left = (mended?.faults ?? left).filter((fault) => wrong.has(lineOf(fault)));
    text = mended?.text ?? text;
  }
  return causes;
}

/** What a text is like without the line that was the cause of its first fault. */
interface Mended {
  readonly line: number;
  readonly text: string;
  readonly faults: readonly Fault[];
}

/** The first two lines are tried: where the second one is not the cause of the first fault, the fiftieth is not either. */
function mend(
  lines: LineIndex,
  text: string,
  faults: readonly Fault[],
  faultsOf: (text: string) => readonly Fault[],
): Mended | undefined {
  const [at, ...others] = new Set(faults.map(({ offset }) => lines.lineOf(offset)));
  if (at === undefined) return undefined;
  for (const line of [at, ...others.slice(0, 1)]) {
    for (const repaired of repairs(lines, text, line)) {
      const left = faultsOf(repaired);
      if (!left.some(({ offset }) => lines.lineOf(offset) === at))
        return { line, text: repaired, faults: left };
    }
  }
  return undefined;
}
