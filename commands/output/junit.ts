import { locationOf } from '../../src/errors/index.js';
import type { Finding } from '../../src/preflight/finding.js';
import type { RuleFacts } from '../../src/preflight/rule.js';
import { escapeLines } from './escape.js';
import { findingText, isFailure, type ValidatedTarget, type ValidationReport } from './validation.js';

/** Text of an XML document. What steers a terminal is shown as in other outputs; other characters that XML cannot hold
 * become the replacement character. */
function xml(text: string): string {
  return escapeLines(text)
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#13;')
    .replaceAll('\n', '&#10;');
}

function line(finding: Finding): string {
  const where = locationOf(finding);
  return `${where === '' ? '' : `${where}: `}${findingText(finding)}`;
}

/** One rule as a test: it fails by findings that make the run fail; milder ones are its output. */
function testcase(
  rule: RuleFacts,
  name: string,
  findings: readonly Finding[],
  failOn: ValidationReport['failOn'],
  looked: boolean,
): string {
  const head = `    <testcase name="${xml(rule.id)}" classname="${xml(name)}"`;
  const failures = findings.filter((finding) => isFailure(finding, failOn));
  const others = findings.filter((finding) => !isFailure(finding, failOn));
  const [first] = failures;
  if (findings.length === 0) {
    return looked
      ? `${head}/>\n`
      : `${head}>\n      <skipped message="the file could not be read"/>\n    </testcase>\n`;
  }
  const failure = first
    ? `      <failure type="${first.severity}" message="${xml(first.message)}">${xml(failures.map(line).join('\n'))}</failure>\n`
    : '';
  const output =
    others.length === 0 ? '' : `      <system-out>${xml(others.map(line).join('\n'))}</system-out>\n`;
  return `${head}>\n${failure}${output}    </testcase>\n`;
}

/** A rule that stops all others: the file is no text, or no YAML. */
const isFaultOfReading = ({ tier, severity }: RuleFacts): boolean =>
  tier === 'syntax' && severity.production === 'error';

function testsuite(target: ValidatedTarget, { rules, failOn }: ValidationReport): string {
  const name = target.file ?? 'environment';
  const failed = new Set(target.findings.filter((f) => isFailure(f, failOn)).map((f) => f.rule));
  // Of what cannot be read, nothing was looked at.
  const unread = new Set(rules.filter(isFaultOfReading).map(({ id }) => id));
  const looked = !target.findings.some(({ rule }) => unread.has(rule));
  const cases = rules.map((rule) =>
    testcase(
      rule,
      name,
      target.findings.filter((finding) => finding.rule === rule.id),
      failOn,
      looked,
    ),
  );
  const skipped = looked
    ? 0
    : rules.filter(({ id }) => !target.findings.some(({ rule }) => rule === id)).length;
  return `  <testsuite name="${xml(name)}" tests="${rules.length}" failures="${failed.size}" errors="0"${skipped === 0 ? '' : ` skipped="${skipped}"`}>\n${cases.join('')}  </testsuite>\n`;
}

/** JUnit XML: a suite for each file, a test for each rule. */
export function validationJunit(report: ValidationReport): string {
  const suites = report.targets.map((target) => testsuite(target, report)).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="tmi-dbtool validate-config">\n${suites}</testsuites>\n`;
}
