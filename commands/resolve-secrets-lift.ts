import path from 'node:path';
import { isWritableFolder, type ConfigFile } from '../src/config/files/read.js';
import { exitCodes, ToolError } from '../src/errors/index.js';
import { freeSidecarNames } from '../src/legacy/sidecar-names.js';
import { applyLift, inlineSecrets, planLift } from '../src/secrets/index.js';
import { confirm } from './confirm.js';
import type { LoadedFile } from './context.js';
import { liftJson, liftPlanText, liftResultText } from './output/secrets-lift.js';
import type { SecretsRun } from './secrets-run.js';

/** @throws ToolError `secrets/cannot-rewrite`, before anything is written anywhere */
async function requireReplaceable(file: ConfigFile): Promise<void> {
  if (file.links > 1) {
    throw new ToolError(
      'secrets/cannot-rewrite',
      `${file.name} has hard links, which replacing it would break`,
    );
  }
  if (await isWritableFolder(path.dirname(file.realPath))) return;
  throw new ToolError('secrets/cannot-rewrite', `the folder of ${file.name} is not writable`, {
    hint: 'The backup and the new file are written beside the old one.',
  });
}

/** Shows, and with `--apply` carries out, the move of inline secrets to the provider. */
export async function runLift(run: SecretsRun, { file, document }: LoadedFile): Promise<number> {
  const { options, io, configured, context } = run;
  const inline = inlineSecrets(configured);
  const secrets = await context.secrets();
  const plan = await planLift(secrets, inline, options.prefix ?? '', file.name);
  const others = inline.filter(({ advice }) => advice !== 'lift');
  if (!options.json) await liftPlanText({ plan, others, file: file.name }, io, options);
  if (!options.apply || plan.entries.length === 0) {
    if (options.json) io.stdout.write(liftJson(plan, others, file.name, undefined));
    const isConflicting = plan.entries.some(({ action }) => action === 'conflict');
    return isConflicting ? exitCodes.findings.code : exitCodes.done.code;
  }
  await requireReplaceable(file);
  if (!(await confirm(`Write to ${plan.provider} and rewrite ${file.name}?`, options, io))) {
    throw new ToolError('secrets/declined', 'Not moved; nothing was written');
  }
  const { backup } = await freeSidecarNames(file.realPath, io.now());
  const result = await applyLift(plan, file, document, secrets, backup);
  if (options.json) io.stdout.write(liftJson(plan, others, file.name, result));
  else liftResultText(result, io, options);
  return exitCodes.done.code;
}
