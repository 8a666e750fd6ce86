import {
  exitCodeForSignal,
  locationOf,
  ToolError,
  type Diagnostic,
  type HandledSignal,
} from '../../src/errors/index.js';
import type { Io } from '../io.js';
import { escapeControls } from './escape.js';
import { jsonDocument } from './json.js';

/** Lines as a terminal may get them: a message names keys and files, which can hold anything. */
function safeLines(lines: readonly string[]): string {
  return lines.map((line) => `${escapeControls(line)}\n`).join('');
}

function diagnosticLines(diagnostic: Diagnostic): string[] {
  const where = locationOf(diagnostic);
  const lines = [`  ${where === '' ? '' : `${where}: `}${diagnostic.message} [${diagnostic.code}]`];
  if (diagnostic.hint !== undefined) lines.push(`      ${diagnostic.hint}`);
  return lines;
}

/** An error as text for a person: what is wrong, where, and what to type next. Never a stack trace. */
export function errorText(error: ToolError): string {
  const { diagnostics, hint } = error;
  const [only] = diagnostics;
  const said = diagnostics.some((diagnostic) => diagnostic.hint === hint);
  if (only && diagnostics.length === 1 && error.message.startsWith(only.message)) {
    // The error is its one finding, perhaps with what it led to: say it once, with its place.
    const where = locationOf(only);
    const lines = [`error: ${where === '' ? '' : `${where}: `}${error.message} [${error.code}]`];
    const next = only.hint ?? hint;
    return safeLines([...lines, ...(next === undefined ? [] : [`hint: ${next}`])]);
  }
  const lines = [`error: ${error.message} [${error.code}]`, ...diagnostics.flatMap(diagnosticLines)];
  if (hint !== undefined && !said) lines.push(`hint: ${hint}`);
  return safeLines(lines);
}

/** Any thrown value as an error of ours. A fault that nobody foresaw shows its kind, never its text or stack. */
export function asToolError(error: unknown, signal?: AbortSignal): ToolError {
  if (error instanceof ToolError) return error;
  if (signal?.aborted) {
    return new ToolError(
      'internal/interrupted',
      `Interrupted by ${String(signal.reason)}; nothing was changed`,
    );
  }
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('commander.')) {
    return new ToolError('usage/bad-argument', error.message.replace(/^error: /, '').replaceAll('\n', ' '));
  }
  const kind = error instanceof Error ? error.name : typeof error;
  return new ToolError('internal/unexpected', `Something unforeseen happened (${kind})`, {
    hint: 'Please report it with the output of: tmi-dbtool --version --json',
    cause: error,
  });
}

/** The exit code of the process for an error: that of the signal when one interrupted the run. */
export function exitCodeOf(error: ToolError, signal: AbortSignal): number {
  return error.code === 'internal/interrupted' && signal.aborted
    ? exitCodeForSignal(signal.reason as HandledSignal)
    : error.exitCode;
}

/** Reports an error on the right stream and returns the exit code that belongs to it. */
export function reportError(thrown: unknown, io: Io, options: { readonly json: boolean }): number {
  const error = asToolError(thrown, io.signal);
  if (options.json) io.stdout.write(jsonDocument('error', { error }));
  else io.stderr.write(errorText(error));
  return exitCodeOf(error, io.signal);
}
