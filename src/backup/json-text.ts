/** The tokens of JSON; what lies between them is white space, since the text has been parsed before. */
const token = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:]/g;

/** A number's digits and exponent, however it is written: `1.50`, `15e-1` and `1.5` become one. */
function canonicalNumber(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const power = Number(exponent) - fraction.length + (digits.length - significant.length);
  return power === 0 ? sign + significant : `${sign}${significant}e${power}`;
}

/** Only such texts may be written in several ways; they are the few. */
const escapable = /[\\\ud800-\udfff]/;

const canonicalText = (literal: string): string =>
  escapable.test(literal) ? JSON.stringify(JSON.parse(literal)) : literal;

/** An array or object that has begun. */
interface Open {
  readonly items: string[] | undefined;
  /** The last of several members of one name counts, as in the engines. */
  readonly members: Map<string, string> | undefined;
  /** Of the member whose value comes next. */
  name: string | undefined;
}

function closed({ items, members }: Open): string {
  if (!members) return `[${(items ?? []).join(',')}]`;
  const sorted = [...members].sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([name, value]) => `${name}:${value}`).join(',')}}`;
}

/** Rewrites token by token, without recursion: texts of engines nest as deep as these allow it. */
function rewritten(text: string): string {
  const open: Open[] = [];
  let whole = '';
  const put = (value: string): void => {
    const parent = open.at(-1);
    if (!parent) whole = value;
    else if (parent.items) parent.items.push(value);
    else if (parent.name === undefined) parent.name = value;
    else {
      parent.members?.set(parent.name, value);
      parent.name = undefined;
    }
  };
  for (const [first] of text.matchAll(token)) {
    const kind = first[0] ?? '';
    if (kind === ',' || kind === ':') continue;
    if (kind === '{') open.push({ items: undefined, members: new Map(), name: undefined });
    else if (kind === '[') open.push({ items: [], members: undefined, name: undefined });
    else if (kind === '}' || kind === ']') put(closed(open.pop() as Open));
    else if (kind === '"') put(canonicalText(first));
    else put(/[-\d]/.test(kind) ? canonicalNumber(first) : first);
  }
  return whole;
}

/**
 * JSON in one form: no white space, members sorted by name, numbers by their digits. Engines rewrite JSON that they
 * keep in a form of their own; this is what stays the same. A text that is no JSON stays as it is.
 */
export function canonicalJson(text: string): string {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  return rewritten(text);
}
