import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Severity } from '../../src/errors/index.js';
import type { Finding } from '../../src/preflight/finding.js';
import type { RuleFacts } from '../../src/preflight/rule.js';
import { buildInfo } from '../../src/version.js';
import { jsonText } from './json.js';
import { findingText, type ValidationReport } from './validation.js';

const levels: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' };

/** A path as the format wants it: relative ones stay relative to the checkout. */
function uriOf(file: string): string {
  if (file.startsWith('/')) return pathToFileURL(file).href;
  // On POSIX a backslash is a character of a name.
  const parts = path.sep === '\\' ? file.split(/[\\/]/) : file.split('/');
  return parts.map(encodeURIComponent).join('/');
}

function descriptor({ id, summary, why, fix, severity }: RuleFacts): object {
  const level = severity.production === 'off' ? severity.development : severity.production;
  return {
    id,
    shortDescription: { text: summary },
    fullDescription: { text: why },
    help: { text: fix, markdown: fix },
    defaultConfiguration: { level: level === 'off' ? 'none' : levels[level] },
  };
}

function location({ file, position, variable, key }: Finding): object {
  const name = variable ?? key;
  return {
    ...(file === undefined
      ? {}
      : {
          physicalLocation: {
            artifactLocation: { uri: uriOf(file) },
            ...(position ? { region: { startLine: position.line, startColumn: position.column } } : {}),
          },
        }),
    ...(name === undefined ? {} : { logicalLocations: [{ fullyQualifiedName: name }] }),
  };
}

function result(finding: Finding, rules: readonly RuleFacts[]): object {
  const index = rules.findIndex(({ id }) => id === finding.rule);
  const place = location(finding);
  return {
    ruleId: finding.rule,
    ...(index < 0 ? {} : { ruleIndex: index }),
    level: levels[finding.severity],
    message: { text: findingText(finding) },
    ...(Object.keys(place).length === 0 ? {} : { locations: [place] }),
  };
}

/** Static Analysis Results Interchange Format 2.1.0, as code scanning services read it. */
export function validationSarif({ findings, rules }: ValidationReport): string {
  const driver = {
    name: 'tmi-dbtool',
    version: buildInfo.version,
    rules: rules.map(descriptor),
  };
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => result(finding, rules)),
      },
    ],
  };
  return jsonText(log);
}
