import { locationOf } from '../../src/errors/index.js';
import { escapeControls } from './escape.js';
import { summaryLine, type ValidationReport } from './validation.js';

/** Text for a cell of a table: no mark-up, no line break, no cell of its own. */
function cell(text: string): string {
  return escapeControls(text).replace(/[\\`*_{}[\]<>#|~!&]/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** The findings as a table in Markdown, for the summary of a CI job. */
export function validationMarkdown(report: ValidationReport): string {
  const rows = report.findings.map((finding) => {
    const { severity, rule, message, hint } = finding;
    const place = locationOf(finding);
    return `| ${severity} | ${cell(place)} | ${cell(rule)} | ${cell(message)}${hint === undefined ? '' : `<br>${cell(hint)}`} |`;
  });
  const head = ['### TMI configuration', '', cell(summaryLine(report)), ''];
  const table = rows.length === 0 ? [] : ['| | where | rule | what |', '|---|---|---|---|', ...rows, ''];
  return `${[...head, ...table].join('\n')}\n`;
}
