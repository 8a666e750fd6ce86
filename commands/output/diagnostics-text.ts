import { locationOf, type Severity } from '../../src/errors/index.js';
import type { Finding } from '../../src/preflight/finding.js';
import type { Snippet } from '../../src/preflight/snippet.js';
import { escapeControls, escapeLines } from './escape.js';
import type { Style } from './style.js';
import { summaryLine, uncheckedLine, type ValidationReport } from './validation.js';

const labels: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' };

/** White space in front of the caret, tabs kept, so that it stands below its character in every editor. */
function indentation(text: string, column: number): string {
  return escapeLines(text.slice(0, column - 1)).replace(/[^\t]/g, ' ');
}

function snippetLines({ line, text, column }: Snippet, style: Style): string[] {
  const number = String(line);
  const gutter = ' '.repeat(number.length);
  return [
    `  ${style.faint(`${number} |`)} ${escapeLines(text)}`.trimEnd(),
    `  ${style.faint(`${gutter} |`)} ${indentation(text, column)}${style.bad('^')}`,
  ];
}

function findingLines(finding: Finding, snippet: Snippet | undefined, style: Style): string[] {
  const paint = finding.severity === 'error' ? style.bad : style.warn;
  const where = locationOf(finding);
  const label = paint(labels[finding.severity]);
  const lines = [
    `${where === '' ? '' : `${escapeControls(where)}: `}${label}: ${escapeControls(finding.message)} ${style.faint(`[${finding.rule}]`)}`,
  ];
  if (snippet) lines.push(...snippetLines(snippet, style));
  if (finding.found !== undefined) lines.push(`      found:    ${escapeControls(finding.found)}`);
  if (finding.expected !== undefined) lines.push(`      expected: ${escapeControls(finding.expected)}`);
  if (finding.hint !== undefined) lines.push(`      hint:     ${escapeControls(finding.hint)}`);
  return lines;
}

/** Findings for people: place, message, rule, the line with a caret, what was found and expected, what to type. */
export function validationText(report: ValidationReport, style: Style, quiet: boolean): string {
  const lines = report.findings.flatMap((finding) => {
    const source = report.targets.find(({ file }) => file !== undefined && file === finding.file);
    const snippet = finding.position && source?.snippets(finding.position);
    return findingLines(finding, snippet, style);
  });
  const unchecked = uncheckedLine(report);
  if (!quiet) {
    lines.push(...(lines.length > 0 ? [''] : []), summaryLine(report));
    if (unchecked !== undefined) lines.push(unchecked);
  }
  return lines.map((line) => `${line}\n`).join('');
}
