import type {
  BackupFileResult,
  BackupSummary,
  RestorePlan,
  TableComparison,
  VerifiedBackup,
} from '../../src/backup/index.js';
import type { GlobalOptions } from '../command.js';
import type { Io, TextSink } from '../io.js';
import { bytesText, countText } from './amounts.js';
import { escapeControls } from './escape.js';
import { shortenedList } from '../../src/settings/shortened-list.js';
import { warn } from '../settings-session.js';
import { styleFor, type Style } from './style.js';
import { alignedTable } from './table.js';

const LABEL_WIDTH = 10;

/** What is proved, and what is not: who writes for recipients cannot know that their identities are at hand. */
function verifiedText(result: BackupSummary | BackupFileResult): string {
  if (!('file' in result)) return 'no: pipe it into tmi-dbtool db verify - to be sure';
  return result.recipients === 0
    ? 'yes, read back'
    : "yes, read back; not that a recipient's identity opens it: db verify --identity";
}

/** What was written. A backup that went to standard output is described on standard error. */
export async function backupText(
  result: BackupSummary | BackupFileResult,
  io: Io,
  options: GlobalOptions,
): Promise<void> {
  if (options.quiet) return;
  const sink = 'file' in result ? io.stdout : io.stderr;
  const style = await styleFor(sink, io, options);
  const encrypted = result.encrypted ? ', encrypted' : '';
  const lines: [string, string][] = [
    ['database', result.source.database],
    ...('file' in result
      ? [['backup', `${result.file} (${bytesText(result.fileBytes)}${encrypted})`] as [string, string]]
      : []),
    ['holds', `${countText(result.tables.length, 'table')}, ${countText(result.rows, 'row')}`],
    ['sha256', result.sha256],
    ['verified', verifiedText(result)],
  ];
  for (const [name, value] of lines)
    sink.write(`${style.strong(name.padEnd(LABEL_WIDTH))} ${escapeControls(value)}\n`);
  if (result.left.length > 0) {
    sink.write(
      `${style.warn('not in it'.padEnd(LABEL_WIDTH))} ${escapeControls(result.left.join(', '))} (rows of plain tables are)\n`,
    );
  }
  writeBroken(result.broken, sink, style);
  if (result.unconfirmed.length > 0 && 'file' in result) {
    const names = escapeControls(result.unconfirmed.join(', '));
    sink.write(`${style.warn('read once'.padEnd(LABEL_WIDTH))} ${names}\n`);
  }
  for (const text of result.elsewhere)
    sink.write(`${style.warn('elsewhere'.padEnd(LABEL_WIDTH))} ${escapeControls(text)}\n`);
}

/** What a fault on the way from the server to here could have changed unseen; said once. */
export function warnOfOneReading(
  { unconfirmed }: Pick<BackupSummary, 'unconfirmed'>,
  io: Io,
  options: Pick<GlobalOptions, 'quiet'>,
): void {
  if (unconfirmed.length === 0) return;
  const names = shortenedList(unconfirmed);
  warn(io, options, `read one way only, and not held against sums that the server makes by itself: ${names}`);
}

/** Rows that an engine takes only where it is told so, or as long as it does not look. */
function writeBroken(broken: readonly string[], sink: TextSink, style: Style): void {
  for (const text of broken) {
    sink.write(
      `${style.warn('broken'.padEnd(LABEL_WIDTH))} ${escapeControls(text)}: rows do not satisfy it, and other databases may refuse them\n`,
    );
  }
}

/** What a backup holds, and how it compares. */
export async function verifyText(
  backup: VerifiedBackup,
  comparison: readonly TableComparison[] | undefined,
  rehearsed: boolean,
  io: Io,
  options: GlobalOptions,
): Promise<void> {
  const style = await styleFor(io.stdout, io, options);
  if (!options.quiet) {
    const lines: [string, string][] = [
      ['database', `${backup.source.database} (${backup.source.engine} ${backup.source.engineVersion})`],
      ['taken', `${backup.createdAt}, ${backup.header.tool}${backup.encrypted ? ', encrypted' : ''}`],
      ['holds', `${countText(backup.tables.length, 'table')}, ${countText(backup.rows, 'row')}`],
      ['sha256', backup.sha256],
    ];
    for (const [name, value] of lines)
      io.stdout.write(`${style.strong(name.padEnd(LABEL_WIDTH))} ${escapeControls(value)}\n`);
    if (!comparison) {
      io.stdout.write(
        alignedTable(
          ['table', 'rows'],
          backup.tables.map(({ name, rows }) => [name, rows.toLocaleString('en-US')]),
        ),
      );
    }
    writeBroken(backup.broken, io.stdout, style);
  }
  if (rehearsed)
    io.stdout.write(`${style.good('rehearsed')}  restored into a scratch file and compared: equal\n`);
  if (comparison) {
    const rows = (count: number | undefined): string => count?.toLocaleString('en-US') ?? '-';
    io.stdout.write(
      alignedTable(
        ['table', 'state', 'backup', 'database'],
        comparison
          .filter(({ state }) => state !== 'same' || !options.quiet)
          .map(({ name, state, rows: { backup: a, database: b } }) => [name, state, rows(a), rows(b)]),
      ),
    );
  } else {
    io.stdout.write(`${style.good('verified'.padEnd(LABEL_WIDTH))} counts, sums and hash are right\n`);
  }
}

/** What a restore is about to do, or would do. */
export async function restorePlanText(
  plan: RestorePlan,
  database: string,
  io: Io,
  options: GlobalOptions,
): Promise<void> {
  if (options.quiet) return;
  const style = await styleFor(io.stdout, io, options);
  const from = escapeControls(`${plan.backup.source.database}, ${plan.backup.createdAt}`);
  io.stdout.write(`${style.strong('from'.padEnd(LABEL_WIDTH))} ${from}\n`);
  const schema = plan.schema === undefined ? '' : `, schema "${plan.schema}"`;
  io.stdout.write(`${style.strong('into'.padEnd(LABEL_WIDTH))} ${escapeControls(database + schema)}\n`);
  io.stdout.write(
    alignedTable(
      ['table', 'in the backup', 'in the database'],
      plan.tables.map(({ name, rows, existing }) => [
        name,
        rows.toLocaleString('en-US'),
        existing.toLocaleString('en-US'),
      ]),
    ),
  );
  if (plan.untouched.length > 0) {
    const names = escapeControls(plan.untouched.join(', '));
    io.stdout.write(`${style.faint('untouched'.padEnd(LABEL_WIDTH))} ${names}\n`);
  }
  for (const { table, rows, unsaved, triggers } of plan.history) {
    const text = `${table}: ${countText(rows, 'row')}, ${unsaved} of them not in this backup (${triggers.join(', ')})`;
    io.stdout.write(`${style.warn('guarded'.padEnd(LABEL_WIDTH))} ${escapeControls(text)}\n`);
  }
  writeBroken(plan.broken, io.stdout, style);
  if (plan.missingSequences.length > 0) {
    const names = escapeControls(plan.missingSequences.join(', '));
    io.stdout.write(`${style.warn('not there'.padEnd(LABEL_WIDTH))} ${names}: sequences of the backup\n`);
  }
}
