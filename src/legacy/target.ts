import { existsSync } from 'node:fs';
import path from 'node:path';
import { realpath } from '../config/files/at-once.js';
import { outputTarget, type FileInUse, type OutputRequest } from '../config/files/output.js';
import type { ConfigFile } from '../config/files/read.js';
import { isWritableFolder } from '../config/files/read.js';
import { attributesFate } from '../config/files/attributes.js';
import { isMountPoint } from '../config/files/mounts.js';
import { ToolError } from '../errors/index.js';

/** Where the new text of the file goes. */
export type RewriteTarget =
  | { readonly kind: 'in-place' }
  | { readonly kind: 'none' }
  /** A file of its own; `path` is absolute. */
  | {
      readonly kind: 'output';
      readonly name: string;
      readonly path: string;
      readonly overwrite: boolean;
      /** What the run works with, and the output may not replace. */
      readonly inUse: readonly FileInUse[];
    };

/** The output as `openOutput` is asked for it. */
export function outputRequest(target: Extract<RewriteTarget, { kind: 'output' }>): OutputRequest {
  const { name, overwrite, inUse } = target;
  return { file: target.path, name, overwrite, inUse, exists: 'legacy/output-exists' };
}

/** Where an import leaves its files. */
export interface Sidecars {
  /** True when the file's old bytes are kept beside it. */
  readonly backup: boolean;
  /** Path that the names of backup and receipt begin with; undefined when neither is written. */
  readonly base: string | undefined;
}

function refuse(message: string, hint: string): ToolError {
  return new ToolError('legacy/cannot-rewrite-here', message, { hint });
}

const elsewhere =
  'Write the new text elsewhere with --output FILE, or leave the file alone with --no-rewrite.';

async function checkOutput(
  file: ConfigFile,
  target: Extract<RewriteTarget, { kind: 'output' }>,
): Promise<void> {
  const real = await realpath(target.path).catch(() => target.path);
  if (real === file.realPath) {
    throw refuse(
      `--output ${target.name} is the imported file itself`,
      'Leave --output out to rewrite the file in place, with a backup beside it.',
    );
  }
  // A name that is taken may hold the very text that a killed run wrote: whether it does is seen later.
  await outputTarget({ ...outputRequest(target), overwrite: true });
  if (await isWritableFolder(path.dirname(real))) return;
  const fault = existsSync(path.dirname(real)) ? 'is not writable' : 'does not exist';
  throw refuse(
    `The folder of --output ${target.name} ${fault}`,
    'Create the folder, or name a file in another one.',
  );
}

/** Only root may give a file to somebody else; the new file that takes the old one's place would change hands. */
function losesOwner(file: ConfigFile, uid: number | undefined): boolean {
  return uid !== undefined && uid !== 0 && file.uid !== uid;
}

/**
 * Checks, before anything is written, that the files an import leaves can be written where they belong.
 * @param uid user that the process works as; undefined where the system has no such numbers
 * @throws ToolError `legacy/cannot-rewrite-here`
 */
export async function planSidecars(
  file: ConfigFile,
  target: RewriteTarget,
  wantsBackup: boolean,
  uid: number | undefined,
): Promise<Sidecars> {
  const folder = path.dirname(file.realPath);
  const writable = await isWritableFolder(folder);
  if (target.kind === 'in-place') {
    if (!writable)
      throw refuse(`The folder of ${file.name} is not writable, so the file cannot be replaced`, elsewhere);
    if (await isMountPoint(file.realPath)) {
      throw refuse(
        `${file.name} is a mount of its own (docker run -v FILE:FILE, a file of a ConfigMap), and nothing can take its place`,
        'Write the new text with --output FILE, replace the source of the mount by it, and start the container anew.',
      );
    }
    if (file.links > 1) {
      throw refuse(`${file.name} has hard links, which replacing it would break`, elsewhere);
    }
    if (losesOwner(file, uid)) {
      throw refuse(
        `${file.name} belongs to another user, and the new file could not keep its owner`,
        `Run the command as that user or as root. ${elsewhere}`,
      );
    }
  }
  if (target.kind === 'output') await checkOutput(file, target);
  if (!wantsBackup) return { backup: false, base: undefined };
  const base =
    writable || target.kind !== 'output'
      ? file.realPath
      : path.join(path.dirname(target.path), path.basename(file.realPath));
  if (!(await isWritableFolder(path.dirname(base)))) {
    // Then the database alone holds the receipt, which suffices where no file is rewritten.
    if (target.kind === 'none') return { backup: false, base: undefined };
    throw refuse(
      `The folder of ${file.name} is not writable, so the receipt cannot be written`,
      'Pass --no-backup to go on without a receipt; the import can then not be undone by the tool.',
    );
  }
  return { backup: target.kind === 'in-place', base };
}

/** What a rewrite in place means for what belongs to the file beside its bytes. */
export interface AttributesOutlook {
  readonly stops: readonly ToolError[];
  readonly notes: readonly string[];
}

/** What takes the file's place, and the ways past a refusal. */
interface Replacement {
  readonly what: string;
  readonly ways: string;
}

const rewritten: Replacement = {
  what: 'its new version',
  ways: 'Install coreutils, write the new text elsewhere with --output FILE, or go on without them: --drop-attributes.',
};

/** The same for what an undo puts back. */
export const putBackByUndo: Replacement = {
  what: 'its old text',
  ways: 'Nothing was changed. Install coreutils, or go on without them: --drop-attributes.',
};

/**
 * Says before anything is written that access lists, attributes or the label of the file would be lost, or that nobody
 * here can tell whether there are any.
 */
export async function attributesOutlook(
  { name, realPath }: Pick<ConfigFile, 'name' | 'realPath'>,
  { what, ways }: Replacement = rewritten,
): Promise<AttributesOutlook> {
  const fate = await attributesFate(realPath);
  if (fate.kind === 'kept') return { stops: [], notes: [] };
  if (fate.kind === 'unknown') {
    const note = `Whether ${name} has access lists, extended attributes or a security label cannot be told here, without GNU cp and getfattr: if it has any, the new file is without them. Compare the two, or install coreutils.`;
    return { stops: [], notes: [note] };
  }
  const stop = new ToolError(
    'config/cannot-keep-attributes',
    `${name} has ${fate.what}, which ${what} could not keep: there is no GNU cp here to copy them`,
    { hint: ways },
  );
  return { stops: [stop], notes: [] };
}
