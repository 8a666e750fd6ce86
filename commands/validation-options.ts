import { ToolError } from '../src/errors/index.js';
import { noSuchRule } from '../src/preflight/no-such-rule.js';
import { tiers, type Profile, type Tier } from '../src/preflight/rule.js';
import type { ServerChoice } from '../src/config/precedence.js';
import type { GlobalOptions } from './command.js';

export const formats = ['text', 'json', 'github', 'markdown', 'gitlab', 'sarif', 'junit'] as const;
export type Format = (typeof formats)[number];

/** Options of `validate-config` as commander hands them over. */
export interface ValidateConfigOptions extends GlobalOptions {
  readonly profile?: Profile;
  readonly tier?: readonly string[];
  readonly rule?: readonly string[];
  readonly ignore?: readonly string[];
  readonly strict?: boolean;
  readonly server?: ServerChoice;
  readonly resolve?: boolean;
  readonly connect?: boolean;
  readonly worker?: boolean;
  readonly format?: Format;
  readonly failOn?: 'warning' | 'error';
  readonly explain?: string;
}

/** The same, checked, with defaults. */
export interface ValidationRequest {
  readonly profile: Profile | undefined;
  readonly tiers: ReadonlySet<Tier>;
  readonly only: ReadonlySet<string> | undefined;
  readonly ignore: ReadonlySet<string> | undefined;
  readonly strict: boolean;
  /** Secret stores may be asked over plain http beyond this machine. */
  readonly allowPlainHttp: boolean;
  readonly server: ServerChoice;
  readonly format: Format;
  readonly failOn: 'warning' | 'error';
}

/** Values of an option that may be given several times and with commas. */
function listed(values: readonly string[] | undefined): string[] {
  return (values ?? []).flatMap((value) => value.split(',')).map((value) => value.trim());
}

function tierOf(name: string): Tier {
  const tier = tiers.find((candidate) => candidate === name);
  if (tier !== undefined) return tier;
  throw new ToolError('usage/bad-argument', `--tier takes one or more of ${tiers.join(', ')}`);
}

function tiersOf(options: ValidateConfigOptions): Set<Tier> {
  const named = listed(options.tier).map(tierOf);
  const wanted = new Set<Tier>(named.length > 0 ? named : ['syntax', 'schema', 'rules']);
  if (options.resolve) wanted.add('secrets');
  if (options.connect) wanted.add('environment');
  return wanted;
}

function ruleSet(
  option: string,
  values: readonly string[] | undefined,
  known: ReadonlySet<string>,
): ReadonlySet<string> | undefined {
  const names = listed(values);
  const wrong = names.find((name) => !known.has(name));
  if (wrong !== undefined) throw noSuchRule(wrong, known, option);
  return names.length === 0 ? undefined : new Set(names);
}

function formatOf({ json, format }: ValidateConfigOptions): Format {
  if (!json) return format ?? 'text';
  if (format === undefined || format === 'json') return 'json';
  throw new ToolError('usage/conflicting-options', `--json and --format ${format} exclude each other`);
}

/**
 * Checks what commander cannot.
 * @param rules the ids of all rules
 * @throws ToolError `usage/bad-argument`, `usage/conflicting-options`
 */
export function readRequest(options: ValidateConfigOptions, rules: ReadonlySet<string>): ValidationRequest {
  return {
    profile: options.profile,
    tiers: tiersOf(options),
    only: ruleSet('--rule', options.rule, rules),
    ignore: ruleSet('--ignore', options.ignore, rules),
    strict: options.strict ?? false,
    allowPlainHttp: options.allowPlainHttp ?? false,
    server: options.server ?? 'auto',
    format: formatOf(options),
    failOn: options.failOn ?? 'error',
  };
}
