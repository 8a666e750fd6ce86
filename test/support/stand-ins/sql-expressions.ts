/** What an expression of SQL is made of. */
export type Expression =
  | { readonly kind: 'call'; readonly name: string; readonly parts: readonly Expression[] }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'text'; readonly text: string; readonly isNational: boolean }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'is'; readonly of: Expression; readonly what: string; readonly not: boolean }
  | {
      readonly kind: 'case';
      readonly when: Expression;
      readonly then: Expression;
      readonly otherwise?: Expression;
    }
  | {
      readonly kind: 'operator';
      readonly sign: string;
      readonly left: Expression;
      readonly right: Expression;
    };

const token =
  /\s*(?:(?<text>N?'(?:[^']|'')*')|(?<quoted>\[(?:[^\]]|\]\])*\]|"[^"]*")|(?<number>0x[0-9a-f]*|\d+(?:\.\d+)?(?:e[+-]?\d+)?)|(?<word>[a-z_@][\w.$]*)|(?<sign><=|>=|<>|\|\||[-+*/(),=<>.]))/iy;

interface Token {
  readonly kind: 'text' | 'quoted' | 'number' | 'word' | 'sign' | 'end';
  readonly text: string;
}

const unquoted = (text: string): string => text.slice(1, -1).replaceAll(']]', ']').replaceAll('""', '"');

function tokensOf(sql: string): Token[] {
  const tokens: Token[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < sql.trimEnd().length) {
    const at = token.lastIndex;
    const groups = token.exec(sql)?.groups;
    const [kind, text] = Object.entries(groups ?? {}).find(([, part]) => part !== undefined) ?? [];
    if (kind === undefined || text === undefined) throw new Error(`No token: ${sql.slice(at, at + 20)}`);
    tokens.push({ kind: kind as Token['kind'], text });
  }
  return [...tokens, { kind: 'end', text: '' }];
}

/** How tightly signs bind. */
const levels: readonly (readonly string[])[] = [
  ['or'],
  ['and'],
  ['=', '<>', '<', '>', '<=', '>='],
  ['+', '-', '||'],
  ['*', '/'],
];

/** The level of `is`. */
const COMPARING = 2;

/** Reads the expressions of a select list; it knows no types, and no statement around them. */
class Parser {
  #at = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  get #next(): Token {
    return this.tokens[this.#at] ?? { kind: 'end', text: '' };
  }

  #take(): Token {
    const found = this.#next;
    this.#at += 1;
    return found;
  }

  takes(text: string): boolean {
    const isNext = this.#next.kind !== 'text' && this.#next.text.toLowerCase() === text;
    if (isNext) this.#at += 1;
    return isNext;
  }

  #expect(text: string): void {
    if (!this.takes(text)) throw new Error(`Expected ${text}, found ${this.#next.text}`);
  }

  get isAtEnd(): boolean {
    return this.#next.kind === 'end';
  }

  /** A name behind `as`. */
  name(): string {
    return this.#take().text.replace(/^["[]|["\]]$/g, '');
  }

  expression(level = 0): Expression {
    const signs = levels[level];
    if (!signs) return this.#operand();
    let left = this.expression(level + 1);
    for (;;) {
      const sign = signs.find((each) => this.takes(each));
      if (sign === undefined) break;
      left = { kind: 'operator', sign, left, right: this.expression(level + 1) };
    }
    if (level !== COMPARING || !this.takes('is')) return left;
    const not = this.takes('not');
    return { kind: 'is', of: left, what: this.#take().text.toLowerCase(), not };
  }

  #operand(): Expression {
    const value = this.#value();
    if (!this.takes('at')) return value;
    this.#expect('time');
    this.#expect('zone');
    return { kind: 'call', name: 'at time zone', parts: [value, this.#value()] };
  }

  #value(): Expression {
    if (this.takes('(')) {
      const inner = this.expression();
      this.#expect(')');
      return inner;
    }
    if (this.takes('case')) {
      this.#expect('when');
      const when = this.expression();
      this.#expect('then');
      const then = this.expression();
      const otherwise = this.takes('else') ? this.expression() : undefined;
      this.#expect('end');
      return { kind: 'case', when, then, ...(otherwise ? { otherwise } : {}) };
    }
    if (this.takes('-')) return { kind: 'number', text: `-${this.#take().text}` };
    const { kind, text } = this.#take();
    if (kind === 'text') {
      const isNational = /^n/i.test(text);
      const inner = text.slice(isNational ? 2 : 1, -1).replaceAll("''", "'");
      return { kind: 'text', text: inner, isNational };
    }
    if (kind === 'number') return { kind: 'number', text };
    if (kind === 'quoted') return { kind: 'name', name: unquoted(text) };
    if (kind !== 'word') throw new Error(`No value: ${text}`);
    const parts: Expression[] = [];
    if (text.endsWith('.')) return { kind: 'name', name: unquoted(this.#take().text) };
    if (!this.takes('(')) return { kind: 'name', name: text.toLowerCase() };
    while (!this.takes(')')) {
      parts.push(this.expression());
      if (!this.takes(',')) this.takes('as');
    }
    return { kind: 'call', name: text.toLowerCase(), parts };
  }
}

/** `EXPRESSION as NAME, …`, each with its name. */
export function selectList(sql: string): (readonly [name: string, expression: Expression])[] {
  const parser = new Parser(tokensOf(sql));
  const list: (readonly [string, Expression])[] = [];
  while (!parser.isAtEnd) {
    const expression = parser.expression();
    list.push([parser.takes('as') ? parser.name() : '', expression]);
    if (!parser.isAtEnd && !parser.takes(',')) throw new Error('Expected a comma between expressions.');
  }
  return list;
}
