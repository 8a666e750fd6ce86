import type { Diagnostic, Position, Severity } from '../errors/index.js';
import { comparePositions, locationOf } from '../errors/index.js';

/** Where something was written: in a file, in a variable, or nowhere when it is about the database. */
export interface Place {
  readonly file?: string;
  readonly position?: Position;
  readonly variable?: string;
}

/** What a rule has to say. The rule's own id and severity are added by the run. */
export interface Report extends Place {
  /** What is wrong, in one sentence without a full stop. */
  readonly message: string;
  readonly key?: string;
  /** What stands there. Secrets are masked before they come here. */
  readonly found?: string;
  /** What should stand there. */
  readonly expected?: string;
  readonly hint?: string;
  /** Only where it is not the rule's own. */
  readonly severity?: Severity;
}

/** One finding of the validator: a diagnostic that names a rule in place of an error code. */
export interface Finding extends Omit<Diagnostic, 'code'> {
  readonly rule: string;
  readonly found?: string;
  readonly expected?: string;
}

/** By code units: cheap, and the same in every locale. */
function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const start = { line: 0, column: 0 };

function compare(a: Finding, b: Finding): number {
  return (
    order(a.file ?? '\uffff', b.file ?? '\uffff') ||
    comparePositions(a.position ?? start, b.position ?? start) ||
    order(a.variable ?? '', b.variable ?? '') ||
    order(a.rule, b.rule) ||
    order(a.message, b.message)
  );
}

/** By file, place, variable and rule; findings about no file last; each finding once. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return [...findings].sort(compare).filter((finding) => {
    const identity = `${locationOf(finding)}\0${finding.rule}\0${finding.message}`;
    return seen.has(identity) ? false : seen.add(identity);
  });
}
