import { exitCodes, ToolError } from '../src/errors/index.js';
import { encryptionFacts, planReencrypt, type EncryptionFacts } from '../src/settings/reencrypt.js';
import type { DefineCommand } from './command.js';
import type { Io } from './io.js';
import { escapeControls } from './output/escape.js';
import { jsonDocument } from './output/json.js';
import { withSettings, type WriteOptions } from './settings-session.js';
import { runWrite } from './settings-write.js';

interface ReencryptOptions extends WriteOptions {
  readonly verify?: boolean;
}

const help = `
Rows of the previous key and rows in plain text are encrypted with the current key, all in one transaction. Origin, time
and author stay. Both keys come from the secrets provider, as the server has them.

To rotate: make the old key settings_encryption_previous_key, the new one settings_encryption_key; restart the servers;
run this; check with --verify; then take the previous key away.

Examples:
  $ tmi-dbtool settings reencrypt --dry-run
  $ tmi-dbtool settings reencrypt
  $ tmi-dbtool settings reencrypt --verify      # exit code 0: every row is under the current key`;

function factLines({ current, previous, plain, unreadable }: EncryptionFacts): string[] {
  const lines = [`current key: ${current.length} rows`];
  if (previous.length > 0) lines.push(`previous key: ${previous.join(', ')}`);
  if (plain.length > 0) lines.push(`plain text: ${plain.join(', ')}`);
  for (const { message } of unreadable) lines.push(`unreadable: ${message}`);
  // Keys are anybody's.
  return lines.map(escapeControls);
}

/** Decrypts every row and changes nothing. @returns 0 when all are under the current key, else 3, or 5 if unreadable */
async function verify(options: ReencryptOptions, io: Io): Promise<number> {
  const facts = await withSettings(options, io, { readOnly: true }, async ({ read, cipher, database }) =>
    encryptionFacts({ table: await read(), cipher, capabilities: database.capabilities }),
  );
  if (options.json) io.stdout.write(jsonDocument('settings-reencrypt-verify', { ...facts }));
  else if (!options.quiet) io.stdout.write(`${factLines(facts).join('\n')}\n`);
  if (facts.unreadable.length > 0) return exitCodes.secret.code;
  return facts.previous.length + facts.plain.length > 0 ? exitCodes.findings.code : exitCodes.done.code;
}

/** Brings every row under the current key. @returns 0; with `--verify` as above */
async function runSettingsReencrypt(options: ReencryptOptions, io: Io): Promise<number> {
  if (options.verify && options.dryRun) {
    throw new ToolError('usage/conflicting-options', '--verify writes nothing anyway; leave --dry-run out');
  }
  if (options.verify) return verify(options, io);
  await runWrite(
    {
      kind: 'settings-reencrypt',
      prepare: () => Promise.resolve((context) => planReencrypt(context)),
    },
    options,
    io,
  );
  return exitCodes.done.code;
}

export const define: DefineCommand = (command, io, finish) => {
  command
    .option('--dry-run', 'show what would be encrypted; write nothing')
    .option('--verify', 'decrypt everything and say which key each row is under; write nothing')
    .addHelpText('after', help)
    .action(async () => finish(await runSettingsReencrypt(command.optsWithGlobals<ReencryptOptions>(), io)));
};
