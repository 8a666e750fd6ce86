import { errorCodes, type ErrorCode } from '../../errors/index.js';
import { always, type Rule } from '../rule.js';

/** Faults of the YAML reader, with what to do about each. The rule's id is the code's last part. */
const faults = {
  'config/invalid-yaml':
    'Look at the line above as well: a missing quote or colon often shows one line later. Indent with spaces.',
  'config/not-utf8': 'Save the file as UTF-8.',
  'config/duplicate-key': 'Keep one of the two. The server refuses the file.',
  'config/several-documents': 'Keep one document, and remove the `---` lines.',
  'config/not-a-map': 'Check that it is the right file: a configuration starts with keys such as `server:`.',
  'config/too-large': 'Check that it is the right file: real configurations have some ten kilobytes.',
  'config/too-deep': 'Look for brackets that are not closed; no setting is nested that deep.',
  'config/too-many-aliases': 'Write the values out in place of aliases of aliases.',
  'config/unsupported-yaml':
    'Quote keys and values that begin with a special character; remove tags such as `!env`.',
  'config/ambiguous-yaml': 'Write the place more plainly: quote the value, and check the indentation.',
} as const satisfies Partial<Record<ErrorCode, string>>;

const why =
  'The server does not start with a file that it cannot read. Nothing else in the file can be checked before this is right.';

function idOf(code: string): string {
  return code.slice(code.indexOf('/') + 1);
}

/** The id of the rule for a fault of the reader, or undefined for faults of another kind. */
export function syntaxRuleOf(code: ErrorCode): string | undefined {
  return code in faults || code === 'config/cannot-read-file' ? idOf(code) : undefined;
}

const unreadable: Rule = {
  id: 'cannot-read-file',
  tier: 'syntax',
  severity: always('error'),
  summary: 'A file cannot be read',
  why: 'The file is not there, is a folder, or may not be read by this user. The run ends with exit code 1, whatever else it finds.',
  fix: 'Check the path and its permissions.',
  exit: 'failure',
};

/** An empty file is no fault of the reader, so it has a check like other rules. */
const emptyFile: Rule = {
  id: 'empty-file',
  tier: 'syntax',
  severity: always('warning'),
  summary: 'The file is empty or holds comments only',
  why: 'The server then takes everything from variables and defaults, which is fine when it is meant.',
  fix: 'Check that it is the right file, or leave it out.',
  *check({ document }) {
    if (!document?.isEmpty) return;
    yield {
      message: `${document.file} holds no settings`,
      file: document.file,
      position: { line: 1, column: 1 },
    };
  },
};

export const syntaxRules: readonly Rule[] = [
  ...Object.entries(faults).map(([code, fix]): Rule => ({
    id: idOf(code),
    tier: 'syntax',
    severity: always('error'),
    summary: errorCodes[code as keyof typeof faults].summary.replace(/\.$/, ''),
    why,
    fix,
  })),
  unreadable,
  emptyFile,
];
