import { errorCodes, type ErrorCode } from './codes.js';
import { sortDiagnostics, type Diagnostic } from './diagnostic.js';
import { exitCodes } from './exit-codes.js';

export interface ToolErrorOptions {
  /** What to do or type next. */
  readonly hint?: string;
  /** Every finding, when the error stands for several. */
  readonly diagnostics?: readonly Diagnostic[];
  /** The error that led here. Never printed: driver messages can carry URLs and values. */
  readonly cause?: unknown;
}

/** The only error class that leaves the library on purpose: a code from the one table, a message, a hint. */
export class ToolError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly diagnostics: readonly Diagnostic[];

  constructor(code: ErrorCode, message: string, options: ToolErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ToolError';
    this.code = code;
    this.hint = options.hint;
    this.diagnostics = sortDiagnostics(options.diagnostics ?? []);
  }

  /** The process exit code that belongs to this error. */
  get exitCode(): number {
    return exitCodes[errorCodes[this.code].exit].code;
  }

  /** Without the cause, which may hold what must not be printed. */
  toJSON(): object {
    return {
      code: this.code,
      message: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(this.diagnostics.length === 0 ? {} : { diagnostics: this.diagnostics }),
    };
  }
}
