import { BUILD_MODE, buildModeOf } from '../config/build-mode.js';
import type { Environment } from '../config/variable.js';
import { decodeText } from '../config/yaml/decode.js';
import { LineIndex } from '../config/yaml/lines.js';
import type { YamlText } from '../config/yaml/parse.js';
import { readYamlText } from '../config/yaml/read-text.js';
import { ToolError } from '../errors/index.js';
import { maskByForm } from '../redact/index.js';
import type { ServerChoice } from '../config/precedence.js';
import { Configuration } from './configuration.js';
import { sortFindings, type Finding, type Report } from './finding.js';
import type { Profile, Rule, Tier } from './rule.js';
import { offlineRules } from './rules/index.js';
import { syntaxRuleOf } from './rules/syntax.js';
import { isChosen, levelOf, type Selection } from './selection.js';
import { snippetsOf, snippetsOfBroken, type SnippetSource } from './snippet.js';

/** A file to validate, read but not yet understood. */
export interface SourceFile {
  /** As the user named it. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface ValidateOptions extends Selection {
  /** Undefined: what `auth.build_mode` says. */
  readonly profile?: Profile | undefined;
  readonly strict?: boolean;
  /** Left out: `auto`. */
  readonly server?: ServerChoice;
}

/** What was found out about one file, or about the environment alone. */
export interface Validation {
  readonly file: string | undefined;
  readonly profile: Profile;
  readonly findings: readonly Finding[];
  /** Undefined when the file could not be understood. */
  readonly configuration: Configuration | undefined;
  readonly snippets: SnippetSource;
}

const noSnippets: SnippetSource = () => undefined;

/** Turns reports of a rule into findings. */
export function findingsOf(rule: Rule, reports: Iterable<Report>, profile: Profile): Finding[] {
  const level = levelOf(rule, profile);
  if (level === 'off') return [];
  return [...reports].map((report) => ({
    rule: rule.id,
    severity: level,
    ...report,
    // Rules mask what is secret; a password in a URL that is not meant to have one slips through them.
    ...(report.found === undefined ? {} : { found: maskByForm(report.found) }),
  }));
}

/** Runs the rules of the given tiers that need nothing but the configuration. */
export function checkOffline(
  configuration: Configuration,
  wanted: ReadonlySet<Tier>,
  selection: Selection,
  profile: Profile,
): Finding[] {
  return offlineRules
    .filter((rule) => wanted.has(rule.tier) && isChosen(rule, selection))
    .flatMap((rule) => findingsOf(rule, rule.check?.(configuration) ?? [], profile));
}

/** `dev` and `test` are development. Anything else is held to the standards of production, a missing mode included. */
export function profileOf(configuration: Configuration): Profile {
  const mode = buildModeOf(configuration.stated(BUILD_MODE));
  return (mode ?? 'production') === 'production' ? 'production' : 'development';
}

function broken(source: SourceFile, error: ToolError, profile: Profile): Validation {
  const findings = error.diagnostics.flatMap(({ code, ...diagnostic }): Finding[] => {
    const rule = syntaxRuleOf(code);
    return rule === undefined ? [] : [{ rule, ...diagnostic }];
  });
  if (findings.length === 0) throw error;
  return {
    file: source.name,
    profile,
    findings: sortFindings(findings),
    configuration: undefined,
    snippets: snippetsOfText(source),
  };
}

function snippetsOfText(source: SourceFile): SnippetSource {
  try {
    return snippetsOfBroken(new LineIndex(decodeText(source.bytes, source.name)));
  } catch {
    return noSnippets; // no text at all
  }
}

/**
 * Validates one file together with the environment, or the environment alone: syntax, schema and rules. Needs no
 * network and no secrets, and reports every fault at once.
 */
export async function validate(
  source: SourceFile | undefined,
  environment: Environment,
  options: ValidateOptions,
): Promise<Validation> {
  let document: YamlText | undefined;
  try {
    document = source && (await readYamlText(source.bytes, source.name));
  } catch (error) {
    if (!(error instanceof ToolError) || !source) throw error;
    return broken(source, error, options.profile ?? 'production');
  }
  const { strict = false, server = 'auto' } = options;
  const configuration = new Configuration(document, environment, { strict, server });
  const profile = options.profile ?? profileOf(configuration);
  return {
    file: source?.name,
    profile,
    findings: sortFindings(checkOffline(configuration, options.tiers, options, profile)),
    configuration,
    snippets: document ? snippetsOf(document) : noSnippets,
  };
}
