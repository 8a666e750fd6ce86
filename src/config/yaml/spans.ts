import type { CST } from 'yaml';

/** Tokens that are no part of a pair or value: white space, comments, and the punctuation around items. */
const outside = new Set<CST.Token['type']>(['space', 'newline', 'comment', 'comma', 'seq-item-ind']);

const endOf = (token: CST.SourceToken): number => token.offset + token.source.length;

function lastEnd(tokens: readonly CST.SourceToken[]): number | undefined {
  const last = tokens.findLast((token) => !['space', 'newline', 'comment', 'comma'].includes(token.type));
  return last && endOf(last);
}

/** Offset behind a value, without the white space and comments after it. */
export function valueEnd(token: CST.Token): number {
  if (token.type === 'block-map' || token.type === 'block-seq') {
    for (const item of token.items.toReversed()) {
      const end = itemEnd(item);
      if (end !== undefined) return end;
    }
  } else if (token.type === 'flow-collection') {
    const close = token.end.find((t) => t.type === 'flow-map-end' || t.type === 'flow-seq-end');
    if (close) return endOf(close);
  } else if (token.type === 'block-scalar') {
    const header = token.props.reduce(
      (length, prop) => length + ('source' in prop ? prop.source.length : 0),
      0,
    );
    return token.offset + header + token.source.length;
  } else if ('source' in token) {
    return token.offset + token.source.length;
  }
  return token.offset;
}

/** Offset behind the last character of a collection's item; undefined when it holds only space and comments. */
export function itemEnd(item: CST.CollectionItem): number | undefined {
  if (item.value) return valueEnd(item.value);
  return (item.sep && lastEnd(item.sep)) ?? (item.key ? valueEnd(item.key) : lastEnd(item.start));
}

/** Offset of the first character of an item that is its own. */
export function itemStart(item: CST.CollectionItem): number | undefined {
  const first = item.start.find((token) => !outside.has(token.type));
  if (first) return first.offset;
  return (
    item.key?.offset ?? item.sep?.find((token) => !outside.has(token.type))?.offset ?? item.value?.offset
  );
}
