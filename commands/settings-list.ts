import { Option } from 'commander';
import { exitCodes } from '../src/errors/index.js';
import type { RowOrigin } from '../src/config/precedence.js';
import { filterViews, viewRows } from '../src/settings/view.js';
import type { DefineCommand, GlobalOptions } from './command.js';
import type { Io } from './io.js';
import { jsonDocument } from './output/json.js';
import { rowsText } from './output/settings-view.js';
import { noteMissingOrigin, withSettings } from './settings-session.js';

interface ListOptions extends GlobalOptions {
  readonly origin?: RowOrigin;
  readonly changed?: boolean;
  readonly secrets?: boolean;
  readonly type?: string;
  readonly reveal?: boolean;
}

const help = `
Examples:
  $ tmi-dbtool settings list
  $ tmi-dbtool settings list auth.oauth --origin explicit
  $ tmi-dbtool settings list --changed --json`;

/** Shows the rows that fit the filters. @returns 0 */
async function runSettingsList(prefix: string | undefined, options: ListOptions, io: Io): Promise<number> {
  await withSettings(options, io, { readOnly: true }, async ({ read, cipher, database }) => {
    const table = await read();
    const { origin, changed, secrets, type, reveal = false } = options;
    const all = viewRows(table, cipher, database.capabilities, { reveal });
    const views = filterViews(all, { prefix, origin, changed, secrets, type });
    if (options.json) {
      const { exists, hasOrigin } = table;
      const fields = { database: database.describe(), table: { exists, hasOrigin }, settings: views };
      io.stdout.write(jsonDocument('settings-list', fields));
      return;
    }
    await rowsText(views, io, options);
    if (options.quiet) return;
    if (!table.exists)
      io.stderr.write('note: the table system_settings does not exist; seed-settings creates it\n');
    noteMissingOrigin(table.hasOrigin, io, options);
    io.stderr.write(`${views.length} of ${all.length} rows\n`);
  });
  return exitCodes.done.code;
}

export const define: DefineCommand = (command, io, finish) => {
  command
    .argument('[prefix]', 'only keys under this prefix')
    .addOption(new Option('--origin <origin>', 'only rows of this origin').choices(['seeded', 'explicit']))
    .option('--changed', 'only rows that differ from the default')
    .option('--secrets', 'only secrets')
    .addOption(
      new Option('--type <type>', 'only rows of this type').choices([
        'string',
        'int',
        'bool',
        'json',
        'float',
      ]),
    )
    .option('--reveal', 'show secrets')
    .addHelpText('after', help)
    .action(async (prefix: string | undefined) =>
      finish(await runSettingsList(prefix, command.optsWithGlobals<ListOptions>(), io)),
    );
};
