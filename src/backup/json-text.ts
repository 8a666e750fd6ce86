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

class Tokens {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = text.match(token) ?? [];
  }

  #next(): string {
    return this.#tokens[this.#at++] ?? '';
  }

  #skip(text: string): boolean {
    if (this.#tokens[this.#at] !== text) return false;
    this.#at += 1;
    return true;
  }

  value(): string {
    const first = this.#next();
    if (first === '{') return this.#object();
    if (first === '[') return this.#array();
    if (first.startsWith('"')) return JSON.stringify(JSON.parse(first));
    return /^[-\d]/.test(first) ? canonicalNumber(first) : first;
  }

  #object(): string {
    const members = new Map<string, string>();
    while (!this.#skip('}')) {
      this.#skip(',');
      const name = JSON.stringify(JSON.parse(this.#next()));
      this.#skip(':');
      // The last of several members of one name counts, as in the engines.
      members.set(name, this.value());
    }
    const sorted = [...members].sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${sorted.map(([name, value]) => `${name}:${value}`).join(',')}}`;
  }

  #array(): string {
    const items: string[] = [];
    while (!this.#skip(']')) {
      this.#skip(',');
      items.push(this.value());
    }
    return `[${items.join(',')}]`;
  }
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
  return new Tokens(text).value();
}
