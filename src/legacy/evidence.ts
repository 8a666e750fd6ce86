import path from 'node:path';
import { realpath } from '../config/files/at-once.js';
import { readInput } from '../config/files/input.js';
import { ToolError } from '../errors/index.js';
import { shellWord } from '../values/index.js';

/** A file as it was found, with whose it is. */
export interface Found {
  readonly bytes: Buffer;
  readonly uid: number;
}

/**
 * Reads a file that says something about an import. Neither a link nor a pipe is followed or waited for, and whose the
 * file is is asked of the very file that is read.
 * @returns undefined when there is nothing to read: no such file, no right to read it, no regular file
 */
export async function findEvidence(file: string): Promise<Found | undefined> {
  const found = await readInput(file, { links: false }).catch(() => undefined);
  return found && { bytes: found.bytes, uid: found.facts.uid };
}

/**
 * True when nobody else can have written the file: it belongs to the user of this process, or to root.
 * @param own effective user of the process; undefined where the system has no such numbers
 */
export function isOurs({ uid }: Pick<Found, 'uid'>, own: number | undefined): boolean {
  return own === undefined || uid === own || uid === 0;
}

/** The name of a user, as `sudo -u` takes it. */
async function userName(uid: number): Promise<string> {
  const accounts = await readInput('/etc/passwd').then(
    ({ bytes }) => bytes.toString('utf8'),
    () => '',
  );
  const line = accounts.split('\n').find((entry) => entry.split(':')[2] === String(uid));
  return line?.split(':')[0] ?? `#${uid}`;
}

function distrust(message: string, hint: string): ToolError {
  return new ToolError('legacy/receipt-not-trusted', message, { hint });
}

/**
 * @param command what to run as the owner, without the program's name
 * @throws ToolError `legacy/receipt-not-trusted` for a file of another user, who could have written anything into it
 */
export async function assertOurs(
  found: Pick<Found, 'uid'>,
  own: number | undefined,
  name: string,
  command: string,
): Promise<void> {
  if (isOurs(found, own)) return;
  const user = await userName(found.uid);
  throw distrust(
    `${name} belongs to the user ${user}, who could have written anything into it`,
    `Nothing was changed. Run the command as that user: sudo -u ${shellWord(user)} tmi-dbtool ${command}`,
  );
}

/** What a receipt says of files. */
interface Described {
  readonly file: {
    readonly path: string;
    readonly sha256After: string | null;
    readonly backup: string | null;
    readonly output?: { readonly path: string };
  };
}

const receiptName = /^(.+)\.(\d{8}-\d{6})\.receipt\.json$/;

/** Where a receipt lies, as its own name says. */
interface Place {
  readonly folder: string;
  /** Name of the configuration file. */
  readonly base: string;
  readonly backup: string;
}

function placeOf(file: string): Place | undefined {
  const [, base, stamp] = receiptName.exec(path.basename(file)) ?? [];
  if (base === undefined || stamp === undefined) return undefined;
  const folder = path.dirname(file);
  return { folder, base, backup: path.join(folder, `${base}.${stamp}.bak`) };
}

/** True for a receipt that lies where an import puts it: beside its file, or beside the output that it wrote. */
function liesRight({ folder, base, backup }: Place, { file }: Described): boolean {
  if (file.backup !== null && file.backup !== backup) return false;
  if (file.path === path.join(folder, base)) return true;
  const besideOutput = file.output !== undefined && path.dirname(file.output.path) === folder;
  return besideOutput && file.sha256After === null && path.basename(file.path) === base;
}

/**
 * A receipt says which files to put back, so it is believed only where its own name and place bear it out. With
 * `movedTo` the two files of an import were moved together: the names beside the receipt count, and that file.
 * @param file real path of the receipt
 * @param movedTo real path of the configuration file, where the operator names it
 * @throws ToolError `legacy/receipt-not-trusted`
 */
export function placedReceipt<T extends Described>(file: string, receipt: T, movedTo: string | undefined): T {
  const place = placeOf(file);
  if (!place) {
    throw distrust(
      `${path.basename(file)} is no name that an import gives to a receipt`,
      'Nothing was changed. Give the receipt and its backup their names back: FILE.TIME.receipt.json and FILE.TIME.bak.',
    );
  }
  if (movedTo !== undefined) {
    const backup = receipt.file.backup === null ? null : place.backup;
    return { ...receipt, file: { ...receipt.file, path: movedTo, backup } };
  }
  if (liesRight(place, receipt)) return receipt;
  throw distrust(
    `The receipt speaks of ${receipt.file.path}, and lies beside ${path.join(place.folder, place.base)}`,
    'Nothing was changed. If it was moved there together with its backup, name the configuration file with --file FILE.',
  );
}

/** The file itself, whatever links led to it. Undefined when there is none. */
export async function realFile(file: string): Promise<string | undefined> {
  return realpath(file).catch(() => undefined);
}
