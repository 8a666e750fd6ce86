import { exitCodes } from '../src/errors/index.js';
import { decodeRows } from '../src/settings/decode.js';
import { digestRowOf, settingsDigest, type DigestRow } from '../src/settings/digest.js';
import { unreadableError } from '../src/settings/unreadable.js';
import type { DefineCommand, GlobalOptions } from './command.js';
import { Context } from './context.js';
import type { Io } from './io.js';
import { jsonDocument } from './output/json.js';
import { readExportFile, valueOfEntry } from './settings-export-file.js';
import { withSettings } from './settings-session.js';

interface DigestOptions extends GlobalOptions {
  readonly key?: string;
}

const help = `
Equal settings have equal digests on every engine: key, value, type and origin count; encryption, times, authors and
descriptions do not. Of an export, secrets must be in it, encrypted or revealed.

Examples:
  $ tmi-dbtool settings digest --config old.yml
  $ tmi-dbtool settings digest settings.yml --key env://EXPORT_KEY`;

async function rowsOfDatabase(options: DigestOptions, io: Io): Promise<DigestRow[]> {
  return withSettings(options, io, { readOnly: true }, async ({ read, cipher, database }) => {
    const { rows, unreadable } = decodeRows(await read(), cipher, database.capabilities);
    if (unreadable.size === 0) return [...rows.values()].map(digestRowOf);
    throw unreadableError(unreadable, cipher, 'a digest needs every value');
  });
}

async function rowsOfExport(name: string, options: DigestOptions, io: Io): Promise<DigestRow[]> {
  const context = new Context(io, options);
  try {
    const file = await readExportFile(name, options.key, context);
    return file.source.entries.flatMap((entry): DigestRow[] => {
      if (entry.origin === 'default') return [];
      const { key, type } = entry;
      return [{ key, text: valueOfEntry(entry, file), type, origin: entry.origin ?? 'seeded' }];
    });
  } finally {
    await context.close();
  }
}

/** Prints the digest of a database or an export. @returns 0 */
async function runSettingsDigest(file: string | undefined, options: DigestOptions, io: Io): Promise<number> {
  const rows = file === undefined ? await rowsOfDatabase(options, io) : await rowsOfExport(file, options, io);
  const held = rows.filter(({ text }) => text !== '').length;
  const digest = await settingsDigest(rows);
  io.stdout.write(options.json ? jsonDocument('settings-digest', { digest, rows: held }) : `${digest}\n`);
  return exitCodes.done.code;
}

export const define: DefineCommand = (command, io, finish) => {
  command
    .argument('[export]', 'export to digest in place of the database')
    .option(
      '--key <reference>',
      'key of an export with encrypted secrets: env://NAME, file://PATH, vault://PATH',
    )
    .addHelpText('after', help)
    .action(async (file: string | undefined) =>
      finish(await runSettingsDigest(file, command.optsWithGlobals<DigestOptions>(), io)),
    );
};
