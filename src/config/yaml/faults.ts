import { ToolError, type Diagnostic, type ErrorCode, type Position } from '../../errors/index.js';

/** So many faults of one file are shown; more only repeat what the first ones say. */
const MAX_FAULTS = 50;

export interface Fault {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  /** Offset in the text, in UTF-16 units. */
  readonly offset: number;
}

/** One error for all faults of a file, each with its position. */
export function faultsError(
  file: string,
  faults: readonly Fault[],
  positionAt: (offset: number) => Position,
): ToolError {
  const diagnostics = faults.slice(0, MAX_FAULTS).map(({ code, message, hint, offset }): Diagnostic => ({
    code,
    severity: 'error',
    message,
    file,
    position: positionAt(offset),
    hint,
  }));
  return faultError(file, diagnostics);
}

/** The same from ready diagnostics. The error's code is theirs when they share one. */
export function faultError(file: string, diagnostics: readonly Diagnostic[]): ToolError {
  const codes = new Set(diagnostics.map((d) => d.code));
  const [first] = diagnostics;
  const code = codes.size === 1 && first ? first.code : 'config/invalid-yaml';
  const message =
    diagnostics.length === 1 && first ? first.message : `${file} has ${diagnostics.length} faults`;
  return new ToolError(code, message, {
    diagnostics,
    ...(first?.hint === undefined ? {} : { hint: first.hint }),
  });
}
