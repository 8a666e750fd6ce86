import { Option } from 'commander';
import { exitCodes, ToolError } from '../src/errors/index.js';
import { isSecretKey } from '../src/registry/index.js';
import { isReference } from '../src/config/reference.js';
import { nameKey } from '../src/settings/named-key.js';
import { planSet, unmarkedChoices, type Assignment } from '../src/settings/set.js';
import { holdsSecret } from '../src/redact/index.js';
import { parseBool, type DatabaseType } from '../src/values/index.js';
import type { DefineCommand } from './command.js';
import type { Context } from './context.js';
import { isChangedVariable } from './given-bytes.js';
import type { Io } from './io.js';
import type { ChangeView } from './output/settings-change.js';
import { warn, type WriteOptions } from './settings-session.js';
import { runWrite } from './settings-write.js';
import { valueOfFile, valueOfStdin } from './value-input.js';

interface SetOptions extends WriteOptions {
  readonly stdin?: boolean;
  readonly fromFile?: string;
  readonly fromEnv?: string;
  readonly allowUnknown?: boolean;
  readonly type?: DatabaseType;
  readonly ifMatch?: string;
}

const help = `
KEY is a key of the database or a path of the file. Several settings are given as KEY=VALUE; all of them are stored or
none. Of secrets, references (vault://, env://, file://) are resolved, and their value is stored.

Examples:
  $ tmi-dbtool settings set websocket.inactivity_timeout_seconds 600
  $ tmi-dbtool settings set auth.oauth.providers.google.client_secret --stdin < secret.txt
  $ tmi-dbtool settings set auth.oauth.providers.google.client_secret --from-env GOOGLE_SECRET
  $ tmi-dbtool settings set ui.default_theme=dark upload.max_file_size_mb=50 --dry-run
  $ tmi-dbtool settings set ui.default_theme dark --if-match "$(tmi-dbtool settings get ui.default_theme --json | jq -r .settings[0].hash)"`;

/** The value from where it does not end up in a shell's history; undefined when it stands on the command line. */
async function valueFromElsewhere(options: SetOptions, io: Io): Promise<string | undefined> {
  const { stdin = false, fromFile, fromEnv } = options;
  if ([stdin, fromFile !== undefined, fromEnv !== undefined].filter(Boolean).length > 1) {
    throw new ToolError(
      'usage/conflicting-options',
      '--stdin, --from-file and --from-env exclude each other',
    );
  }
  if (stdin) return valueOfStdin(io, options);
  if (fromFile !== undefined) return valueOfFile(fromFile, io);
  if (fromEnv === undefined) return undefined;
  const text = io.env[fromEnv];
  if (text !== undefined && text !== '') {
    if (!(await isChangedVariable(fromEnv, text, io))) return text;
    throw new ToolError('settings/invalid-value', `The variable ${fromEnv} is not UTF-8 text`, {
      hint: 'Convert it first, for example with iconv. A binary secret is stored as base64.',
    });
  }
  const isName = /^[A-Za-z_][A-Za-z0-9_]*$/.test(fromEnv);
  const message = isName
    ? `The variable ${fromEnv} is not set, or empty`
    : '--from-env takes the name of a variable';
  throw new ToolError('usage/bad-argument', message);
}

/** A word is not repeated in the message: it may be a secret that lost its key. */
function pairOf(word: string, index: number): Assignment {
  const at = word.indexOf('=');
  if (at > 0) return { name: word.slice(0, at), text: word.slice(at + 1) };
  throw new ToolError('usage/bad-argument', `Word ${index + 1} is not of the form KEY=VALUE`, {
    hint: 'One setting: settings set KEY VALUE. Several: settings set KEY=VALUE KEY=VALUE.',
  });
}

/**
 * What the words say: `KEY VALUE`, or any number of `KEY=VALUE`; with a value from elsewhere, one bare `KEY` among them.
 * @throws ToolError `usage/bad-argument`
 */
export function readAssignments(words: readonly string[], elsewhere: string | undefined): Assignment[] {
  const [first = '', second] = words;
  if (elsewhere === undefined) {
    if (words.length === 2 && second !== undefined && !first.includes('='))
      return [{ name: first, text: second }];
    return words.map(pairOf);
  }
  const bare = words.filter((word) => !word.includes('='));
  if (bare.length !== 1) {
    throw new ToolError('usage/bad-argument', 'Name the one key that takes the value', {
      hint: 'settings set KEY --stdin, with further settings as KEY=VALUE',
    });
  }
  return words.map((word, index) =>
    word === bare[0] ? { name: word, text: elsewhere } : pairOf(word, index),
  );
}

function isSecretName(name: string): boolean {
  const named = nameKey(name);
  return named.kind === 'stored' ? named.key.secret : isSecretKey(name);
}

/** Replaces references in secrets by what they lead to, since the database never holds one. */
async function withResolvedSecrets(
  assignments: readonly Assignment[],
  context: Context,
): Promise<Assignment[]> {
  const references = assignments.filter(({ name, text }) => isSecretName(name) && isReference(text));
  if (references.length === 0) return [...assignments];
  const sources = references.map(({ name, text }) => ({ key: name, text, origin: {} }));
  const values = await (await context.secrets()).resolve(sources);
  return assignments.map((assignment) => {
    const value = references.includes(assignment) ? values.get(assignment.name) : undefined;
    return value ? { ...assignment, text: value.reveal() } : assignment;
  });
}

/** A content provider also needs a key that only file and environment hold; they may not be at hand here. */
async function warnOfTokenKey(
  assignments: readonly Assignment[],
  context: Context,
  options: SetOptions,
): Promise<void> {
  const enables = assignments.some(
    ({ name, text }) => /^content_oauth\.providers\..+\.enabled$/.test(name) && parseBool(text) === true,
  );
  if (!enables || (await context.bootstrapValue('content_token_encryption_key'))) return;
  const text =
    'a content provider needs content_token_encryption_key in the configuration of the server; none is set here';
  warn(context.io, options, text);
}

/** A choice of the default itself is no choice to a table without a column for the origin. */
function describeChoices(unmarked: readonly string[]): Pick<ChangeView, 'extra' | 'notes'> {
  if (unmarked.length === 0) return { extra: { unmarked } };
  const note = `The value is the default, and the table has no column to say that somebody chose it: a variable or a file that states another value still wins (${unmarked.join(', ')}).`;
  return { extra: { unmarked }, notes: [note] };
}

/** Stores values. @returns 0; errors carry their own exit codes */
async function runSettingsSet(words: readonly string[], options: SetOptions, io: Io): Promise<number> {
  const elsewhere = await valueFromElsewhere(options, io);
  const assignments = readAssignments(words, elsewhere);
  if (options.ifMatch !== undefined && assignments.length > 1) {
    throw new ToolError('usage/conflicting-options', '--if-match compares one row; set one key with it');
  }
  for (const { name, text } of assignments) {
    if (text === elsewhere || isReference(text) || !holdsSecret(text, isSecretName(name))) continue;
    warn(
      io,
      options,
      `${name} holds a secret, and the command line is kept in the shell's history and shown to other users; use --stdin, --from-file or --from-env`,
    );
  }
  const { allowUnknown = false, type: unknownType, ifMatch } = options;
  await runWrite(
    {
      kind: 'settings-set',
      prepare: async ({ context }) => {
        const resolved = await withResolvedSecrets(assignments, context);
        await warnOfTokenKey(resolved, context, options);
        return (plan) => planSet(resolved, plan, { allowUnknown, unknownType, ifMatch });
      },
      describe: (plan, table) => describeChoices(unmarkedChoices(assignments, plan, table)),
    },
    options,
    io,
  );
  return exitCodes.done.code;
}

export const define: DefineCommand = (command, io, finish) => {
  command
    .argument('<words...>', 'KEY VALUE, or KEY=VALUE…')
    .option(
      '--stdin',
      'read the value of the one bare KEY from standard input; on a terminal it is asked for and not shown',
    )
    .option('--from-file <file>', 'read it from a file or a pipe')
    .option('--from-env <name>', 'read it from a variable')
    .option('--allow-unknown', 'also keys that no setting has')
    .addOption(
      new Option('--type <type>', 'type of a key that no setting has').choices([
        'string',
        'int',
        'bool',
        'json',
        'float',
      ]),
    )
    .option('--if-match <hash>', 'only when the row is still the one with this hash ("none": no row)')
    .option('--dry-run', 'show what would change; write nothing')
    .option(
      '--allow-plaintext-secrets',
      'store secrets although no encryption key is configured (not in production)',
    )
    .addHelpText('after', help)
    .action(async (words: string[]) =>
      finish(await runSettingsSet(words, command.optsWithGlobals<SetOptions>(), io)),
    );
};
