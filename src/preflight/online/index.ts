import { sortFindings, type Finding, type Report } from '../finding.js';
import type { Tier } from '../rule.js';
import { serverRules } from '../rules/index.js';
import { isChosen, type Selection } from '../selection.js';
import { checkOffline, findingsOf, type Validation } from '../validate.js';
import type { OnlineInputs } from './inputs.js';
import { resolveSecrets } from './secrets.js';

export type { OnlineInputs } from './inputs.js';

type Reports = Readonly<Partial<Record<string, readonly Report[]>>>;

async function environmentReports(
  configuration: NonNullable<Validation['configuration']>,
  cipher: Awaited<ReturnType<typeof resolveSecrets>>['cipher'],
  inputs: OnlineInputs,
): Promise<Reports> {
  const [{ checkTlsFiles }, { checkRedis }, { askDatabase }, { checkRows }, { checkMachine }] =
    await Promise.all([
      import('./tls-files.js'),
      import('./redis.js'),
      import('./database.js'),
      import('./rows.js'),
      import('./machine.js'),
    ]);
  const [redis, answer, machine] = await Promise.all([
    checkRedis(configuration),
    askDatabase(configuration, inputs),
    checkMachine(configuration, inputs),
  ]);
  const { table, capabilities, server } = answer;
  // The rules that need no network run again afterwards, by what the database says.
  if (server) configuration.judgeBy(server.model);
  return {
    ...checkTlsFiles(configuration, inputs),
    ...answer.reports,
    ...redis,
    ...machine,
    ...(table && capabilities && cipher ? checkRows(configuration, table, cipher, capabilities) : {}),
  };
}

/**
 * The tiers that need a network: references, then database, Redis and TLS files. Rules that look at secrets run again
 * with what the references lead to.
 * @returns all findings of the validation, old and new
 */
export async function checkOnline(
  validation: Validation,
  selection: Selection,
  inputs: OnlineInputs,
): Promise<readonly Finding[]> {
  const { configuration, profile, findings } = validation;
  if (!configuration) return findings;
  const { values, cipher, reports: secretReports } = await resolveSecrets(configuration, inputs);
  configuration.useResolved(values);
  const connect = selection.tiers.has('environment');
  const reports: Reports = {
    ...secretReports,
    ...(connect ? await environmentReports(configuration, cipher, inputs) : {}),
  };
  // Without its secrets the server cannot be connected for, so their findings belong to both tiers.
  const wanted = new Set<Tier>([...selection.tiers, 'secrets']);
  const found = serverRules
    .filter((rule) => wanted.has(rule.tier) && isChosen(rule, selection))
    .flatMap((rule) => findingsOf(rule, reports[rule.id] ?? [], profile));
  return sortFindings([...checkOffline(configuration, selection.tiers, selection, profile), ...found]);
}
