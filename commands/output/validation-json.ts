import { jsonDocument } from './json.js';
import { countFindings, isFailure, type ValidationReport } from './validation.js';

/** The result as data, described in docs/json-output.md. */
export function validationJson({ targets, findings, failOn, unchecked = [] }: ValidationReport): string {
  return jsonDocument('validation', {
    valid: !findings.some((finding) => isFailure(finding, failOn)),
    summary: countFindings(findings),
    targets: targets.map(({ file, profile }) => ({ file: file ?? null, profile })),
    unchecked,
    findings,
  });
}
