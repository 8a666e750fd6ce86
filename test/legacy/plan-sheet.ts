import { readEnvironment } from '../../src/config/environment.js';
import { parseYaml } from '../../src/config/yaml/parse.js';
import { locationOf, ToolError, type Diagnostic, type Position } from '../../src/errors/index.js';
import { olderVariablesOf } from '../../src/legacy/older-variables.js';
import type { ImportPlan, PlanEntry, PlanOptions, Shadow } from '../../src/legacy/plan.js';
import type { BuiltPlan } from '../../src/legacy/build-plan.js';
import { planImport } from '../../src/legacy/plan-import.js';
import type { Difference } from '../../src/legacy/proof.js';
import {
  readEnvironmentSource,
  readFileSource,
  resolveStoredSecrets,
  type ImportSource,
} from '../../src/legacy/read-source.js';
import { createSecrets } from '../../src/secrets/index.js';
import type { StoredRow } from '../../src/settings/row.js';
import type { SettingsTable } from '../../src/settings/store.js';
import {
  capabilities,
  cipherOf,
  now,
  OLD_KEY,
  seal,
  seeded,
  storedRow,
  tableOf,
} from '../settings/support.js';

/** What a plan is made from. */
export interface PlanFacts {
  /** Left out: the environment is imported. */
  readonly file?: string;
  /** Rows that somebody set. */
  readonly rows?: Readonly<Record<string, string>>;
  /** Rows that a server has seeded. */
  readonly seeded?: Readonly<Record<string, string>>;
  /** Rows that somebody set, encrypted with the key. */
  readonly sealed?: Readonly<Record<string, string>>;
  /** Keys of rows that are encrypted with a key that is not at hand. */
  readonly foreign?: readonly string[];
  readonly table?: Partial<SettingsTable>;
  readonly env?: Readonly<Record<string, string>>;
  readonly options?: Partial<PlanOptions>;
  /** The key that secrets are encrypted with. */
  readonly key?: string;
  readonly production?: boolean;
  /** True where what to do is compared word for word as well. */
  readonly words?: boolean;
}

const at = (position: Position | undefined): string =>
  position === undefined ? '-' : `${position.line}:${position.column}`;

function entryLine(entry: PlanEntry): string {
  const { path, key, action, file, row, reason, value, current, used, secret, nearest } = entry;
  const facts = [
    key === path ? '' : `(${key ?? 'no key'})`,
    `${action}, ${file}, ${row ?? 'no row'}, ${reason}:`,
    value === undefined ? 'no value' : JSON.stringify(value),
    current === undefined ? '' : `was ${JSON.stringify(current)}`,
    used === undefined ? '' : `used ${JSON.stringify(used)}`,
    secret ? 'secret' : '',
    nearest === undefined ? '' : `nearest ${nearest}`,
  ];
  return [at(entry.position), path, ...facts.filter((fact) => fact !== '')].join(' ');
}

function shadowLine({ path, key, position, variable, choice, older }: Shadow): string {
  const today = older === undefined ? '' : `, today ${older ?? 'none'}`;
  return `${at(position)} ${path} (${key}) by ${variable}: ${choice ?? 'open'}${today}`;
}

function findingLine(finding: Diagnostic, words: boolean): string {
  const { code, severity, key, message } = finding;
  const hint = words ? finding.hint : undefined;
  const place = [locationOf(finding), finding.variable ?? '', key ?? ''].filter((text) => text !== '');
  return `${severity} ${code} ${place.join(' ')}: ${message}.${hint === undefined ? '' : ` ${hint}`}`;
}

const differenceLine = ({ key, before, after }: Difference): string =>
  `${key} ${JSON.stringify(before) ?? 'unset'} to ${JSON.stringify(after) ?? 'unset'}`;

const sameTime = (time: Date | string): boolean => new Date(time).getTime() === now.getTime();

const list = (name: string, lines: readonly string[] = []): string[] =>
  lines.map((line) => `${name} ${line}`);

function linesOf(plan: ImportPlan, words: boolean): string[] {
  const writes = plan.writes.map(({ key, stored, type, origin, modifiedAt }) => {
    const value = stored.startsWith('ENC:') ? 'sealed' : JSON.stringify(stored);
    return `${key} ${value} ${type} ${origin ?? 'no origin'}${sameTime(modifiedAt) ? '' : ', time kept'}`;
  });
  return [
    ...plan.entries.map(entryLine),
    ...list('shadow', plan.shadows.map(shadowLine)),
    ...list(
      'stop',
      plan.blockers.map((finding) => findingLine(finding, words)),
    ),
    ...list('note', plan.notes),
    ...list('write', writes),
    ...list('delete', plan.deletes),
    ...list('file', plan.rewrite && [plan.rewrite.text]),
    ...list('chosen', plan.proof?.chosen.map(differenceLine)),
  ];
}

/** What the facts say, read, with references as they are. */
function sourceOf({ file, env = {}, options = {} }: PlanFacts): ImportSource {
  const environment = readEnvironment(env);
  if (file === undefined) return readEnvironmentSource(environment);
  const document = parseYaml(Buffer.from(file), 'config.yml');
  return readFileSource(document, environment, olderVariablesOf(env), options.shadowed);
}

function rowsOf(values: Readonly<Record<string, string>> = {}, more: Partial<StoredRow> = {}): StoredRow[] {
  return Object.entries(values).map(([key, value]) => storedRow(key, value, more));
}

/** The plan of an import, without a database. */
export function planOf(facts: PlanFacts, source = sourceOf(facts)): BuiltPlan {
  const sealed = Object.entries(facts.sealed ?? {}).map(([key, value]) =>
    storedRow(key, seal(value, facts.key ?? '')),
  );
  const foreign = (facts.foreign ?? []).map((key) => storedRow(key, seal('x', OLD_KEY)));
  const rows = [...rowsOf(facts.rows), ...rowsOf(facts.seeded, seeded), ...sealed, ...foreign];
  return planImport({
    source,
    options: {
      server: 'documented',
      onConflict: undefined,
      shadowed: undefined,
      allowPlaintextSecrets: true,
      ...facts.options,
    },
    table: tableOf(rows, facts.table),
    cipher: cipherOf(facts.key),
    capabilities,
    production: facts.production ?? false,
    now,
  });
}

/**
 * A plan as people would read it aloud, in lines: entries, then what comes after its own word. Without a plan, the error and
 * what it is about.
 */
export function planSheet(facts: PlanFacts, source?: ImportSource): string[] {
  const { words = false } = facts;
  try {
    return linesOf(planOf(facts, source).plan, words);
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    const { code, message, diagnostics } = error;
    const hint = words && error.hint !== undefined ? ` ${error.hint}` : '';
    const findings = diagnostics.map((finding) => findingLine(finding, words));
    return [`error ${code}: ${message}.${hint}`, ...list('stop', findings)];
  }
}

/** The same, with references in stored secrets resolved in the environment of the facts. */
export async function resolvedSheet(facts: PlanFacts): Promise<string[]> {
  const provider = { key: 'secrets.provider', text: 'env', origin: { variable: 'TMI_SECRETS_PROVIDER' } };
  const secrets = createSecrets({
    secretsBlock: { provider },
    environment: facts.env ?? {},
    baseDirectory: '/',
  });
  return planSheet(facts, await resolveStoredSecrets(sourceOf(facts), async () => secrets));
}
