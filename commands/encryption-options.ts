import path from 'node:path';
import { Option, type Command } from 'commander';
import type { BackupKeys, Encryption } from '../src/backup/index.js';
import { cannotReadWords } from '../src/config/files/fault-words.js';
import { readInput } from '../src/config/files/input.js';
import { ToolError } from '../src/errors/index.js';
import type { Context } from './context.js';
import { resolveOption } from './settings-session.js';

/** Options of commands that write a backup. */
export interface EncryptionOptions {
  /** Public keys of age. */
  readonly recipient?: readonly string[];
  readonly recipientsFile?: string;
  /** A reference. */
  readonly passphrase?: string;
  /** What encrypted backups of version 1. */
  readonly key?: string;
}

/** Options of commands that open a backup. */
export interface OpenOptions {
  /** References to secret keys of age. */
  readonly identity?: readonly string[];
  /** A reference. */
  readonly passphrase?: string;
  /** A reference to the key of a backup of version 1. */
  readonly key?: string;
  readonly acceptUnencrypted?: boolean;
}

/** Gathers the values of an option that may be given several times. */
export const collect = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  value,
];

export function addEncryptionOptions(command: Command): Command {
  return command
    .option('--recipient <age1…>', 'encrypt for this public key of age; may be given several times', collect)
    .option('--recipients-file <file>', 'encrypt for the public keys of age in a file, one a line')
    .option('--passphrase <reference>', 'encrypt with a passphrase: env://NAME, vault://PATH or file://PATH')
    .addOption(new Option('--key <reference>').hideHelp());
}

export function addOpenOptions(command: Command): Command {
  return command
    .option(
      '--identity <reference>',
      'secret key of age that opens the backup: file://PATH, vault://PATH or env://NAME',
      collect,
    )
    .option('--passphrase <reference>', 'passphrase that opens the backup')
    .option('--key <reference>', 'key of an encrypted backup of version 1 (64 hex characters)')
    .option('--accept-unencrypted', 'go on where the backup turns out not to be encrypted');
}

async function recipientsIn(file: string, context: Context): Promise<string> {
  try {
    const { signal, cwd } = context.io;
    return (await readInput(path.resolve(cwd, file), { signal })).bytes.toString('utf8');
  } catch (error) {
    throw new ToolError('backup/cannot-read', `The file of recipients ${file} ${cannotReadWords(error)}`, {
      hint: 'Check the path and its permissions.',
    });
  }
}

/**
 * How the backup is to be encrypted; undefined when nothing asks for it.
 * @throws ToolError `usage/bad-argument` for `--key`, which encrypts no longer: a timer that still has it must fail, and
 *   never write in the open; `usage/conflicting-options`, `backup/recipient`, `backup/key`
 */
export async function resolveEncryption(
  { recipient = [], recipientsFile, passphrase, key }: EncryptionOptions,
  context: Context,
): Promise<Encryption | undefined> {
  if (key !== undefined) {
    throw new ToolError('usage/bad-argument', '--key encrypts no backups any more', {
      hint: 'Encrypt for a public key of age: --recipient age1… (make a pair with age-keygen). --key still opens older backups.',
    });
  }
  const asksForRecipients = recipient.length > 0 || recipientsFile !== undefined;
  if (!asksForRecipients && passphrase === undefined) return undefined;
  if (asksForRecipients && passphrase !== undefined) {
    throw new ToolError('usage/conflicting-options', '--passphrase and recipients exclude each other', {
      hint: 'An age file has either one passphrase or recipients.',
    });
  }
  const { parsePassphrase, parseRecipients } = await import('../src/backup/index.js');
  if (passphrase !== undefined) {
    const secret = await resolveOption(context, '--passphrase', passphrase);
    return { passphrase: parsePassphrase(secret, '--passphrase') };
  }
  const given = recipient.length > 0 ? await parseRecipients(recipient.join('\n'), '--recipient') : [];
  const filed =
    recipientsFile === undefined
      ? []
      : await parseRecipients(await recipientsIn(recipientsFile, context), recipientsFile);
  return { recipients: [...new Set([...given, ...filed])] };
}

/**
 * What may open the backup.
 * @throws ToolError `usage/bad-argument` for a secret on the command line, where every user of the machine could read it;
 *   `backup/key`, and what resolving a reference throws
 */
export async function resolveKeys(
  { identity = [], passphrase, key, acceptUnencrypted }: OpenOptions,
  context: Context,
): Promise<BackupKeys> {
  const { backupKey, parseIdentities, parsePassphrase } = await import('../src/backup/index.js');
  const identities: string[] = [];
  for (const reference of identity) {
    const secret = await resolveOption(context, '--identity', reference);
    identities.push(...(await parseIdentities(secret, '--identity')));
  }
  return {
    identities,
    ...(passphrase === undefined
      ? {}
      : {
          passphrase: parsePassphrase(
            await resolveOption(context, '--passphrase', passphrase),
            '--passphrase',
          ),
        }),
    ...(key === undefined ? {} : { key: backupKey(await resolveOption(context, '--key', key)) }),
    acceptUnencrypted: acceptUnencrypted ?? false,
  };
}
