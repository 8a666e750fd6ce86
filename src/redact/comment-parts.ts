import { formRanges, namedValueStart, namesSecret, secretName, type TextRange } from './forms.js';

/**
 * Words that say something about a secret, and of which none is one. Any other word may be the secret that the comment
 * speaks of: `hunter2 was the password: see below`.
 */
const plainWords = new Set(
  (
    'a access account an and api app application as at be before build by change changed ci client current default deploy ' +
    'dev development do docs example expired expires export file for formerly from github gitlab google has here if in is it ' +
    'its key last local make may must my needs never new next not note now of old on only or our previous prod production ' +
    'read robot rotate rotated run runner scope see send server service set should slack stage staging still stripe test ' +
    'that the then this to todo until up use used user uses using valid value was we wiki with works you your'
  ).split(' '),
);

/** What leads from the name of a secret to its value. */
const lead = /[ \t]{0,8}(?:[:=]|\b(?:is|was)\b)?[ \t]{0,8}["']?$/;
/** A name of two words that stands before what it names. */
const spacedName = /(?:private|api|encryption|signing|access|session|client)[ _-]key(?:[ _-]data)?$/i;

const wordsOf = (text: string): string[] =>
  text
    .split(/\s+/)
    .map((word) => word.replace(/^[("'[]+|[)"'\].,;:!?]+$/g, ''))
    .filter((word) => !/^[-–—&/|*#>=.,;:]{0,3}$/.test(word));

/** What stands before a secret without the name that leads to it. */
function withoutName(before: string): string {
  const led = before.replace(lead, '').replace(/["'\])]{1,3}$/, '');
  if (spacedName.test(led)) return led.replace(spacedName, '');
  const name = /[\w.%-]{1,128}$/.exec(led)?.[0];
  return name !== undefined && namesSecret(name) ? led.slice(0, -name.length) : before;
}

/** What stands between ranges that are in order, and behind the last of them. */
function between(text: string, ranges: readonly TextRange[]): { before: string[]; behind: string } {
  const before: string[] = [];
  let done = 0;
  for (const [start, end] of ranges) {
    if (start > done) before.push(text.slice(done, start));
    done = Math.max(done, end);
  }
  return { before, behind: text.slice(done) };
}

/** True where words are left that are known to be none of a secret, and that speak of no further one. */
function isPlain(text: string): boolean {
  return wordsOf(text).every((word) => plainWords.has(word.toLowerCase())) && !secretName.test(text);
}

/**
 * The bytes of the secrets in a comment that speaks of one; undefined where they cannot be told from its other words.
 * @param inKey what of the comment is a private key that goes on in other lines
 */
export function toldSecrets(body: string, inKey: readonly TextRange[]): TextRange[] | undefined {
  // Such a value may hold blanks, quotes and what else there is, so that nothing but the end of the comment ends it.
  const named = namedValueStart(body);
  const byName: TextRange[] = named === undefined ? [] : [[named, body.length]];
  const told = [...formRanges(body), ...byName, ...inKey].sort((a, b) => a[0] - b[0]);
  if (told.length === 0) return undefined;
  const { before, behind } = between(body, told);
  return isPlain([...before.map(withoutName), behind].join('\n')) ? told : undefined;
}

/** True for words that lead to a secret in the lines below, and hold none: "The old private key:". */
export function onlyLeads(body: string): boolean {
  return isPlain(withoutName(body));
}
