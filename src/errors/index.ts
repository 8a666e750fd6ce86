export { errorCodes, type ErrorCode } from './codes.js';
export {
  exitCodes,
  exitCodeForSignal,
  handledSignals,
  type ExitName,
  type HandledSignal,
} from './exit-codes.js';
export {
  comparePositions,
  hasErrors,
  locationOf,
  sortDiagnostics,
  type Diagnostic,
  type Position,
  type Severity,
} from './diagnostic.js';
export { ToolError, type ToolErrorOptions } from './tool-error.js';
