import { createHash } from 'node:crypto';
import type { Severity } from '../../src/errors/index.js';
import type { Finding } from '../../src/preflight/finding.js';
import { jsonText } from './json.js';
import { findingText, type ValidationReport } from './validation.js';

const severities: Readonly<Record<Severity, string>> = { error: 'critical', warning: 'minor', info: 'info' };

/** What tells a finding from all others, wherever its line moves to; `n` counts those that are alike. */
function fingerprint({ rule, file, variable, key, message }: Finding, n: number): string {
  const text = JSON.stringify([rule, file ?? null, variable ?? key ?? message, n]);
  return createHash('sha256').update(text).digest('hex');
}

/**
 * A list in the format of Code Climate, which GitLab shows beside the lines of a merge request.
 * @see https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
 */
export function validationCodeQuality({ findings }: ValidationReport): string {
  const seen = new Map<string, number>();
  const issues = findings.map((finding) => {
    const alike = fingerprint(finding, 0);
    const n = seen.get(alike) ?? 0;
    seen.set(alike, n + 1);
    return {
      type: 'issue',
      check_name: finding.rule,
      description: findingText(finding),
      categories: ['Bug Risk'],
      severity: severities[finding.severity],
      fingerprint: fingerprint(finding, n),
      // The format knows places in files alone; what a variable says has none.
      location: {
        path: finding.file?.replace(/^\.\//, '') ?? `variable ${finding.variable ?? ''}`.trim(),
        lines: { begin: finding.position?.line ?? 1 },
      },
    };
  });
  return jsonText(issues);
}
