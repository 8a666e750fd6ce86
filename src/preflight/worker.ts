import { readInput } from '../config/files/input.js';
import type { Environment } from '../config/variable.js';
import { readWorkerEnvironment, type SecretMount, type WorkerFault } from '../config/worker-environment.js';
import { sortFindings, type Finding, type Report } from './finding.js';
import type { Profile } from './rule.js';
import { workerRules } from './rules/worker.js';
import { isChosen, type Selection } from './selection.js';
import { findingsOf } from './validate.js';

function reportOf({ variable, message, expected }: WorkerFault): Report {
  return { message, variable, ...(expected === undefined ? {} : { expected }) };
}

async function fileReports(mounts: readonly SecretMount[]): Promise<Report[]> {
  const reports = await Promise.all(
    mounts.map(async (mount): Promise<Report[]> => {
      const content = (await readInput(mount.path).catch(() => undefined))?.bytes;
      if (content && content.length > 0) return [];
      return [
        {
          message: `The secret ${mount.name} ${content ? 'is empty' : 'cannot be read'}: ${mount.path}`,
          variable: mount.variable,
        },
      ];
    }),
  );
  return reports.flat();
}

/** Checks the environment of a worker, which has no file and no database. A fault's kind names its rule. */
export async function validateWorker(
  env: Environment,
  request: Selection & { readonly profile?: Profile | undefined },
): Promise<{
  file: undefined;
  profile: Profile;
  findings: readonly Finding[];
  snippets: () => undefined;
}> {
  const profile = request.profile ?? 'production';
  const { mounts, faults } = readWorkerEnvironment(env);
  const files = request.tiers.has('environment') ? await fileReports(mounts) : [];
  const findings = workerRules
    .filter((rule) => request.tiers.has(rule.tier) && isChosen(rule, request))
    .flatMap((rule) => {
      const own = faults.filter(({ kind }) => `worker-${kind}` === rule.id).map(reportOf);
      return findingsOf(rule, rule.id === 'worker-secret-file' ? files : own, profile);
    });
  return { file: undefined, profile, findings: sortFindings(findings), snippets: () => undefined };
}
