import { locationOf } from '../../src/errors/index.js';
import type { Finding } from '../../src/preflight/finding.js';
import type { RuleFacts } from '../../src/preflight/rule.js';
import { findingText, isFailure, type ValidatedTarget, type ValidationReport } from './validation.js';

/** Text of an XML document. Characters that XML cannot hold become the replacement character. */
function xml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
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
): string {
  const head = `    <testcase name="${xml(rule.id)}" classname="${xml(name)}"`;
  const failures = findings.filter((finding) => isFailure(finding, failOn));
  const others = findings.filter((finding) => !isFailure(finding, failOn));
  const [first] = failures;
  if (findings.length === 0) return `${head}/>\n`;
  const failure = first
    ? `      <failure type="${first.severity}" message="${xml(first.message)}">${xml(failures.map(line).join('\n'))}</failure>\n`
    : '';
  const output =
    others.length === 0 ? '' : `      <system-out>${xml(others.map(line).join('\n'))}</system-out>\n`;
  return `${head}>\n${failure}${output}    </testcase>\n`;
}

function testsuite(target: ValidatedTarget, { rules, failOn }: ValidationReport): string {
  const name = target.file ?? 'environment';
  const failed = new Set(target.findings.filter((f) => isFailure(f, failOn)).map((f) => f.rule));
  const cases = rules.map((rule) =>
    testcase(
      rule,
      name,
      target.findings.filter((finding) => finding.rule === rule.id),
      failOn,
    ),
  );
  return `  <testsuite name="${xml(name)}" tests="${rules.length}" failures="${failed.size}" errors="0">\n${cases.join('')}  </testsuite>\n`;
}

/** JUnit XML: a suite for each file, a test for each rule. */
export function validationJunit(report: ValidationReport): string {
  const suites = report.targets.map((target) => testsuite(target, report)).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="tmi-dbtool validate-config">\n${suites}</testsuites>\n`;
}
