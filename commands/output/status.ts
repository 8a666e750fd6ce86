import type { GlobalOptions } from '../command.js';
import type { DatabaseStatus } from '../database-status.js';
import type { Io } from '../io.js';
import { bytesText } from './amounts.js';
import { escapeControls } from './escape.js';
import { styleFor } from './style.js';
import { alignedTable } from './table.js';

function factLines(status: DatabaseStatus): [string, string][] {
  const { settings, target } = status;
  const lines: [string, string][] = [
    ['database', status.database],
    ['engine', `${target.engine} ${status.engineVersion}`],
    ...(status.schema === null ? [] : [['schema', status.schema] as [string, string]]),
    ...(target.host === undefined ? [] : [['tls', status.tls ?? 'none'] as [string, string]]),
    ...(status.production ? [['production', 'yes, says the stamp'] as [string, string]] : []),
  ];
  if (!settings.exists) return lines;
  lines.push(
    ['settings', `${settings.rows} rows: ${settings.explicit} explicit, ${settings.seeded} seeded`],
    ['encrypted', String(settings.encrypted)],
  );
  if (settings.unknown.length > 0) lines.push(['unknown', settings.unknown.join(', ')]);
  return lines;
}

/** The status for people; with `--quiet` only what needs attention. */
export async function statusText(status: DatabaseStatus, io: Io, options: GlobalOptions): Promise<void> {
  const style = await styleFor(io.stdout, io, options);
  if (!options.quiet) {
    for (const [name, value] of factLines(status)) {
      io.stdout.write(`${style.strong(name.padEnd(10))} ${escapeControls(value)}\n`);
    }
    if (status.tables.length > 0) {
      io.stdout.write(
        alignedTable(
          ['table', 'rows', 'size'],
          status.tables.map(({ name, rows, bytes }) => [
            name,
            rows.toLocaleString('en-US'),
            bytes === null ? '-' : bytesText(bytes),
          ]),
        ),
      );
    }
  }
  for (const finding of status.attention) {
    io.stdout.write(`${style.warn('attention')}  ${escapeControls(finding)}\n`);
  }
}
