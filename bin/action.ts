// eslint-disable-next-line no-restricted-imports -- the runner's own file for the summary, which steps add to
import { appendFileSync } from 'node:fs';
import { runOfflineValidator } from '../commands/action.js';
import { processIo } from '../commands/process-io.js';

// The offline validator as one file that needs Node.js and nothing else: a GitHub action, a hook of pre-commit, and
// `node action/validate.cjs FILES` anywhere. scripts/action.mjs bundles it.
const io = processIo(process, { stdout: 1, stderr: 2 });

async function run(): Promise<void> {
  process.exitCode = await io.finish(await runOfflineValidator(process.argv.slice(2), io, appendFileSync));
}

// Stands when node runs out of things to wait for before the command is done.
process.exitCode = 1;
void run();
