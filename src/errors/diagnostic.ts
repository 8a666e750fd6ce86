import type { ErrorCode } from './codes.js';

export type Severity = 'error' | 'warning' | 'info';

/** A place in a file. Lines and columns count from 1; columns count UTF-16 units, as editors do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One finding about the input, with the place it stands at. Never holds a secret's value. */
export interface Diagnostic {
  readonly code: ErrorCode;
  readonly severity: Severity;
  /** What is wrong, in one sentence without a full stop. */
  readonly message: string;
  /** Path of the file as the user named it; absent when the finding is about the environment or database. */
  readonly file?: string;
  readonly position?: Position;
  /** Name of the environment variable that the finding is about. */
  readonly variable?: string;
  /** Dotted path of the setting that the finding is about. */
  readonly key?: string;
  /** What to do or type next. */
  readonly hint?: string;
}

/** `file:line:column`, `file`, `$VARIABLE` or an empty string: where a diagnostic points. */
export function locationOf(diagnostic: Pick<Diagnostic, 'file' | 'position' | 'variable'>): string {
  const { file, position, variable } = diagnostic;
  if (file !== undefined && position) return `${file}:${position.line}:${position.column}`;
  if (file !== undefined) return file;
  return variable === undefined ? '' : `$${variable}`;
}

/** Order of places in one file; what has no place comes last. */
export function comparePositions(a: Position | undefined, b: Position | undefined): number {
  if (!a || !b) return Number(!a) - Number(!b);
  return a.line - b.line || a.column - b.column;
}

const start: Position = { line: 0, column: 0 };

function compare(a: Diagnostic, b: Diagnostic): number {
  return (
    (a.file ?? '').localeCompare(b.file ?? '') ||
    comparePositions(a.position ?? start, b.position ?? start) ||
    (a.variable ?? '').localeCompare(b.variable ?? '') ||
    a.code.localeCompare(b.code) ||
    a.message.localeCompare(b.message)
  );
}

/** Sorted by file, place, variable and code, each finding once. The input is not changed. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return [...diagnostics].sort(compare).filter((d) => {
    const identity = `${locationOf(d)}\0${d.code}\0${d.message}`;
    return seen.has(identity) ? false : seen.add(identity);
  });
}

/** True when at least one finding is an error. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((d) => d.severity === 'error');
}
