import type { Severity } from '../../src/errors/index.js';
import type { Configuration } from '../../src/preflight/configuration.js';
import type { Finding } from '../../src/preflight/finding.js';
import type { Profile, RuleFacts } from '../../src/preflight/rule.js';
import type { SnippetSource } from '../../src/preflight/snippet.js';

/** The findings of one file, or of the environment alone. */
export interface ValidatedTarget {
  readonly file: string | undefined;
  readonly profile: Profile;
  readonly findings: readonly Finding[];
  readonly snippets: SnippetSource;
  /** Left out when the file could not be understood. */
  readonly configuration?: Configuration | undefined;
}

/** What a run of `validate-config` found out: everything that an output needs. */
export interface ValidationReport {
  readonly targets: readonly ValidatedTarget[];
  /** All findings, sorted, each once. */
  readonly findings: readonly Finding[];
  /** The rules that ran. */
  readonly rules: readonly RuleFacts[];
  /** The least severity that makes the run fail. */
  readonly failOn: 'warning' | 'error';
  /** What the run did not look at, with the option that looks. Left out where there is no such thing. */
  readonly unchecked?: readonly Unchecked[];
}

/** Things outside of the configuration that decide whether a server starts. */
export interface Unchecked {
  readonly option: '--connect' | '--resolve';
  readonly what: readonly string[];
}

/** `Not looked at: references (--resolve); interface, database, Redis (--connect)`; undefined when all was. */
export function uncheckedLine({ unchecked = [] }: ValidationReport): string | undefined {
  if (unchecked.length === 0) return undefined;
  return `Not looked at: ${unchecked.map(({ option, what }) => `${what.join(', ')} (${option})`).join('; ')}`;
}

const ranks: Readonly<Record<Severity, number>> = { info: 0, warning: 1, error: 2 };

/** True for a finding that makes the run fail. */
export function isFailure(finding: Pick<Finding, 'severity'>, failOn: 'warning' | 'error'): boolean {
  return ranks[finding.severity] >= ranks[failOn];
}

export interface Counts {
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
}

export function countFindings(findings: readonly Finding[]): Counts {
  const count = (severity: Severity) => findings.filter((f) => f.severity === severity).length;
  return { errors: count('error'), warnings: count('warning'), infos: count('info') };
}

function amount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `2 errors, 1 warning in 3 files (production)` */
export function summaryLine({ targets, findings }: ValidationReport): string {
  const { errors, warnings, infos } = countFindings(findings);
  const files = targets.filter(({ file }) => file !== undefined).length;
  const what = files === 0 ? 'the environment' : amount(files, 'file');
  const profiles = [...new Set(targets.map(({ profile }) => profile))].join(', ');
  const counted = [amount(errors, 'error'), amount(warnings, 'warning')];
  if (infos > 0) counted.push(amount(infos, 'note'));
  return errors + warnings + infos === 0
    ? `No findings in ${what} (profile ${profiles})`
    : `${counted.join(', ')} in ${what} (profile ${profiles})`;
}

/** Message, what was found and expected, and the hint, as paragraphs for formats that have one text. */
export function findingText({ message, found, expected, hint }: Finding): string {
  return [
    message,
    ...(found === undefined ? [] : [`Found: ${found}`]),
    ...(expected === undefined ? [] : [`Expected: ${expected}`]),
    ...(hint === undefined ? [] : [`Hint: ${hint}`]),
  ].join('\n');
}
