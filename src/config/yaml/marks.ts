import type { CST } from 'yaml';

/** Text over several lines, or a block scalar. */
export interface LongScalar {
  readonly start: number;
  readonly end: number;
  /** True for a block scalar that keeps the blank lines behind it (`|+`). */
  readonly keepsBreaks: boolean;
}

/** What tells values from the rest of a line. */
export interface Marks {
  /** Offsets of the number signs that begin comments. */
  readonly comments: ReadonlySet<number>;
  readonly scalars: readonly LongScalar[];
}

/** The tokens that a token is made of. */
function* partsOf(token: CST.Token): Generator<CST.Token> {
  for (const field of ['start', 'props', 'sep', 'end'] as const) {
    const tokens = (token as Partial<Record<typeof field, unknown>>)[field];
    if (Array.isArray(tokens)) yield* tokens as CST.Token[];
  }
  for (const { start, sep = [], key, value } of 'items' in token ? token.items : []) {
    yield* [...start, ...sep];
    if (key) yield key;
    if (value) yield value;
  }
  if (token.type === 'document' && token.value) yield token.value;
}

function collect(token: CST.Token, marks: { comments: Set<number>; scalars: LongScalar[] }): void {
  if (token.type === 'comment') marks.comments.add(token.offset);
  for (const part of partsOf(token)) collect(part, marks);
  if (token.type === 'block-scalar') {
    const header = token.props.reduce(
      (length, prop) => length + ('source' in prop ? prop.source.length : 0),
      0,
    );
    const indicator = token.props.find((prop) => prop.type === 'block-scalar-header');
    const start = token.offset + header;
    const keepsBreaks = indicator !== undefined && 'source' in indicator && indicator.source.includes('+');
    marks.scalars.push({ start, end: start + token.source.length, keepsBreaks });
  } else if ('source' in token && token.source.includes('\n') && token.type !== 'newline') {
    marks.scalars.push({ start: token.offset, end: token.offset + token.source.length, keepsBreaks: false });
  }
}

/** The marks of a text, from all of its tokens. */
export function marksOf(tokens: readonly CST.Token[]): Marks {
  const marks = { comments: new Set<number>(), scalars: [] as LongScalar[] };
  for (const token of tokens) collect(token, marks);
  return marks;
}
