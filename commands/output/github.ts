import type { Severity } from '../../src/errors/index.js';
import type { Finding } from '../../src/preflight/finding.js';
import { escapeLines } from './escape.js';
import { findingText, type ValidationReport } from './validation.js';

const commands: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'notice' };

/** Its own three signs are escaped in the format's way; other control characters would steer a build log. */
function data(text: string): string {
  return escapeLines(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

function annotation(finding: Finding): string {
  const { file, position, variable, rule, severity } = finding;
  const properties = [
    ...(file === undefined ? [] : [`file=${property(file)}`]),
    ...(position === undefined ? [] : [`line=${position.line}`, `col=${position.column}`]),
    `title=${property(variable === undefined ? rule : `${rule} (${variable})`)}`,
  ];
  return `::${commands[severity]} ${properties.join(',')}::${data(findingText(finding))}\n`;
}

/** Workflow commands that GitHub shows as annotations on the lines of a pull request. */
export function validationGithub({ findings }: ValidationReport): string {
  return findings.map(annotation).join('');
}
