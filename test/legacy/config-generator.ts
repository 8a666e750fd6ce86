import { providerFamilies, settings } from '../../src/registry/index.js';
import type { Tape } from '../config/yaml/generator.js';

/** One thing that a generated file states, with what must come of it. */
export interface Stated {
  /** The keys that lead to it in the file. */
  readonly path: readonly string[];
  /** Key across all layers; undefined for what no server reads. */
  readonly key: string | undefined;
  /** Value in normal form; undefined for null, which states nothing. */
  readonly text: string | undefined;
  /** True when it leaves the file: an operational value that is not empty. */
  readonly leaves: boolean;
  /** True under a name of an earlier release. */
  readonly renamed: boolean;
}

export interface GeneratedConfig {
  readonly text: string;
  readonly stated: readonly Stated[];
}

/** A value as the generator means it: the scalar's text, how it may be written, or a list or map of such. */
type Value =
  | { readonly kind: 'string'; readonly text: string }
  /** Written as it stands, never quoted. */
  | { readonly kind: 'plain'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly Value[] }
  | { readonly kind: 'map'; readonly entries: Map<string, Value> };

interface Choice {
  readonly value: Value;
  /** Normal form; undefined for null. */
  readonly text: string | undefined;
}

const str = (text: string): Value => ({ kind: 'string', text });
const bare = (text: string): Value => ({ kind: 'plain', text });

const strings = [
  'plain',
  'two words',
  'ünïcode ✓ 🚀',
  'a: b # c',
  "it's",
  'say "hi" \\ there',
  ' leading and trailing ',
  '{brace}',
  '*star',
  '- dash',
  'true',
  '1.10',
  '0x1f',
  'null',
  '2026-01-01',
  'https://x.example.com/p?a=b&c=<d>',
  'first\nsecond\n',
  'first\n\n  indented # no comment\nlast\n',
  'tab\there',
];
const lists = [[], ['one'], ['a, b', 'c: d', "e'f"], ['openid', 'profile', 'ünï']];
const addresses = [[], ['https://a.example.com/*'], ['http://localhost:4200/cb', 'app://callback']];
const durations: readonly (readonly [string, string])[] = [
  ['45s', '45s'],
  ['1m', '1m0s'],
  ['1500ms', '1.5s'],
  ['0.5m', '30s'],
];

const listText = (items: readonly string[]): string => json(items);
const quoteGo = (text: string): string =>
  text.replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
const json = (data: unknown): string => quoteGo(JSON.stringify(data));

interface Described {
  readonly type: string;
  readonly limits?: {
    readonly min?: number | string;
    readonly max?: number | string;
    readonly enum?: readonly string[];
  };
}

/** Generates configuration files of servers before 1.4.0 in many styles, with what an import must make of them. */
export class ConfigGenerator {
  readonly #stated: Stated[] = [];
  readonly #root = new Map<string, Value>();
  #next = 0;
  #eol = '\n';
  #step = 2;
  /** True while the text ends in a block scalar, whose final line ending belongs to its value. */
  #endsInBlockScalar = false;
  readonly #anchors: { readonly name: string; readonly text: string }[] = [];

  constructor(private readonly tape: Tape) {}

  generate(): GeneratedConfig {
    const { tape } = this;
    this.#eol = tape.rarely(4) ? '\r\n' : '\n';
    this.#step = tape.rarely(4) ? 4 : 2;
    this.#chooseSettings();
    this.#chooseProviders();
    this.#chooseEarlierNames();
    this.#chooseUnknown();
    // Something always stays, so that the file is never emptied.
    if (!this.#root.has('logging'))
      this.#state(['logging', 'level'], 'logging.level', { value: bare('info'), text: 'info' }, {});
    const shared = this.#shareProviderFields();
    const body = shared + this.#block(this.#root, 0, []);
    let text =
      (tape.rarely(3) ? `# header${this.#eol}${this.#eol}` : '') +
      (tape.rarely(8) ? `---${this.#eol}` : '') +
      body;
    if (tape.rarely(4) && !this.#endsInBlockScalar) text = text.replace(/(?:\r?\n)+$/, '');
    return { text: (tape.rarely(6) ? '\uFEFF' : '') + text, stated: this.#stated };
  }

  #state(
    path: readonly string[],
    key: string | undefined,
    { value, text }: Choice,
    options: { readonly operational?: boolean; readonly renamed?: boolean },
  ): void {
    let map = this.#root;
    for (const segment of path.slice(0, -1)) {
      const inner = map.get(segment) ?? { kind: 'map', entries: new Map() };
      if (inner.kind !== 'map') return;
      map.set(segment, inner);
      map = inner.entries;
    }
    const last = path.at(-1) as string;
    if (map.has(last)) return;
    map.set(last, value);
    const leaves =
      (options.operational ?? false) && text !== undefined && text !== '' && key !== 'server.base_url';
    this.#stated.push({ path, key, text, leaves, renamed: options.renamed ?? false });
  }

  #string({ limits }: Described): Choice {
    const { tape } = this;
    const text = limits?.enum
      ? (limits.enum[tape.pick(limits.enum.length)] as string)
      : limits?.max !== undefined
        ? String(1 + tape.pick(60000))
        : tape.rarely(8)
          ? ''
          : (strings[tape.pick(strings.length)] as string);
    return { value: str(text), text };
  }

  #choice(described: Described, key: string): Choice {
    const { tape } = this;
    if (tape.rarely(14)) return { value: bare(['', '~', 'null'][tape.pick(3)] as string), text: undefined };
    const { type, limits } = described;
    switch (type) {
      case 'string':
        return this.#string(described);
      case 'bool': {
        const on = tape.pick(2) === 1;
        const words = on ? ['true', 'yes', 'On', 'TRUE'] : ['false', 'no', 'off', 'False'];
        return { value: bare(words[tape.pick(4)] as string), text: String(on) };
      }
      case 'int': {
        const min = Number(limits?.min ?? 0);
        const max = Number(limits?.max ?? 100_000);
        const number = min + tape.pick(Math.min(max - min + 1, 2500));
        const written = [
          String(number),
          `0x${number.toString(16)}`,
          number > 999
            ? `${Math.floor(number / 1000)}_${String(number % 1000).padStart(3, '0')}`
            : String(number),
        ];
        return { value: bare(written[tape.pick(3)] as string), text: String(number) };
      }
      case 'float': {
        const [written, text] = [
          ['0.250', '0.25'],
          ['1', '1'],
          ['5e-1', '0.5'],
          ['0.0', '0'],
        ][tape.pick(4)] as [string, string];
        return { value: bare(written), text };
      }
      case 'duration': {
        const [written, text] = durations[tape.pick(durations.length)] as [string, string];
        return { value: tape.pick(2) ? str(written) : bare(written), text };
      }
      case 'string_list': {
        const pool = key === 'auth.oauth.client_callback_allowlist' ? addresses : lists;
        const items = pool[tape.pick(pool.length)] as string[];
        return { value: { kind: 'list', items: items.map(str) }, text: listText(items) };
      }
      case 'string_map': {
        const data = [{}, { prompt: 'consent' }, { z: '<1>', a: 'x & y', m: "it's" }][tape.pick(3)] as Record<
          string,
          string
        >;
        const sorted = Object.fromEntries(Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1)));
        return {
          value: { kind: 'map', entries: new Map(Object.entries(data).map(([k, v]) => [k, str(v)])) },
          text: json(sorted),
        };
      }
      case 'userinfo_list': {
        const claims: Value = {
          kind: 'map',
          entries: new Map([
            ['subject_claim', str('sub')],
            ['email_claim', str('mail')],
          ]),
        };
        return {
          value: {
            kind: 'list',
            items: [
              {
                kind: 'map',
                entries: new Map([
                  ['url', str('https://u/?a&b')],
                  ['claims', claims],
                ]),
              },
            ],
          },
          text: json([{ url: 'https://u/?a&b', claims: { email_claim: 'mail', subject_claim: 'sub' } }]),
        };
      }
      default: {
        const entries = new Map([
          ['subject_type', str('group')],
          ['group_name', str('ops')],
          ['provider', str('okta')],
        ]);
        return {
          value: { kind: 'list', items: [{ kind: 'map', entries }] },
          text: json([{ provider: 'okta', group_name: 'ops', subject_type: 'group' }]),
        };
      }
    }
  }

  #chooseSettings(): void {
    const share = 2 + this.tape.pick(12);
    for (const setting of settings) {
      if (!this.tape.rarely(share)) continue;
      const key = setting.databaseKey ?? setting.path ?? '';
      const written = setting.path ?? key;
      const described = { type: setting.type, ...(setting.limits ? { limits: setting.limits } : {}) };
      const operational = setting.databaseKey !== null;
      this.#state(written.split('.'), key, this.#choice(described, key), { operational });
    }
  }

  #chooseProviders(): void {
    const { tape } = this;
    for (const family of providerFamilies) {
      const ids =
        family.kind === 'content_oauth' ? ['google_drive', 'microsoft'] : ['google', 'my-idp', '0x'];
      for (const id of ids) {
        if (!tape.rarely(4)) continue;
        for (const field of family.fields) {
          if (!tape.rarely(2)) continue;
          const path = `${family.path}.${id}.${field.name}`;
          this.#state(path.split('.'), path, this.#choice(field, path), { operational: true });
        }
      }
    }
  }

  #chooseEarlierNames(): void {
    const pairs: readonly (readonly [old: string, now: string, type: string])[] = [
      ['timmy.embedding_model', 'timmy.text_embedding_model', 'string'],
      ['timmy.retrieval_top_k', 'timmy.text_retrieval_top_k', 'int'],
      ['telemetry.enabled', 'observability.enabled', 'bool'],
      ['telemetry.tracing.sample_rate', 'observability.sampling_rate', 'float'],
      ['admin.users.auto_promote_first', 'auth.auto_promote_first_user', 'bool'],
      ['saml.providers.adfs.entity_id', 'auth.saml.providers.adfs.entity_id', 'string'],
      ['saml.providers.adfs.sp_private_key', 'auth.saml.providers.adfs.sp_private_key', 'string'],
    ];
    for (const [old, now, type] of pairs) {
      const taken = this.#stated.some(({ path }) => path.join('.') === now);
      if (taken || !this.tape.rarely(6)) continue;
      this.#state(old.split('.'), now, this.#choice({ type }, now), { operational: true, renamed: true });
    }
  }

  #chooseUnknown(): void {
    const paths = [
      'mystery',
      'timmy.enabledd',
      'auth.oauth.providers.google.colour',
      'telemetry.service_name',
      'x.y.z',
    ];
    for (const path of paths) {
      // A provider with such a field stops the import.
      if (!this.tape.rarely(path.includes('.providers.') ? 40 : 5)) continue;
      this.#state(
        path.split('.'),
        undefined,
        { value: str(strings[this.tape.pick(strings.length)] as string), text: undefined },
        {},
      );
    }
  }

  /** Moves fields of one provider into a shared map that it merges. The text of that map; it stays in the file. */
  #shareProviderFields(): string {
    const auth = this.#root.get('auth');
    const oauth = auth?.kind === 'map' ? auth.entries.get('oauth') : undefined;
    const providers = oauth?.kind === 'map' ? oauth.entries.get('providers') : undefined;
    const google = providers?.kind === 'map' ? providers.entries.get('google') : undefined;
    if (google?.kind !== 'map' || google.entries.has('colour') || !this.tape.rarely(2)) return '';
    const stays = this.#stated.some(
      ({ path, leaves }) => path.join('.').startsWith('auth.oauth.providers.google.') && !leaves,
    );
    if (stays) return '';
    const names = [...google.entries.keys()].slice(0, 1 + this.tape.pick(3));
    const shared = new Map(names.map((name) => [name, google.entries.get(name) as Value]));
    for (const name of names) google.entries.delete(name);
    const merged = new Map([['<<', bare('*common')], ...google.entries]);
    google.entries.clear();
    for (const [name, value] of merged) google.entries.set(name, value);
    return `x-common: &common${this.#eol}${this.#block(shared, 1, ['x-common'])}`;
  }

  #comment(): string {
    return `# c${++this.#next}: "quoted" {é}`;
  }

  /** Entries in an order of their own; a merge key stays first. */
  #ordered(map: ReadonlyMap<string, Value>): [string, Value][] {
    const entries = [...map];
    for (let i = entries.length - 1; i > 0; i--) {
      const j = this.tape.pick(i + 1);
      [entries[i], entries[j]] = [entries[j] as [string, Value], entries[i] as [string, Value]];
    }
    return entries.sort(([a], [b]) => Number(b === '<<') - Number(a === '<<'));
  }

  #key(key: string): string {
    return key === '<<'
      ? key
      : this.tape.rarely(8)
        ? ([`"${key}"`, `'${key}'`][this.tape.pick(2)] as string)
        : key === '0x'
          ? `"${key}"`
          : key;
  }

  #block(map: ReadonlyMap<string, Value>, depth: number, path: readonly string[]): string {
    const { tape } = this;
    const pad = ' '.repeat(depth * this.#step);
    let text = '';
    for (const [key, value] of this.#ordered(map)) {
      if (tape.rarely(6)) text += this.#eol;
      if (tape.rarely(6)) text += `${pad}${this.#comment()}${this.#eol}`;
      const end = (tape.rarely(6) ? `  ${this.#comment()}` : '') + this.#eol;
      text += `${pad}${this.#key(key)}:${this.#value(value, depth, end, [...path, key])}`;
    }
    return text;
  }

  /** A value behind its key's colon, up to and with the end of its last line. */
  #value(value: Value, depth: number, end: string, path: readonly string[]): string {
    const { tape } = this;
    this.#endsInBlockScalar = false;
    const pad = ' '.repeat((depth + 1) * this.#step);
    if (value.kind === 'plain') return `${value.text === '' ? '' : ` ${value.text}`}${end}`;
    if (value.kind === 'string') return this.#scalar(value.text, depth, end);
    if (value.kind === 'list') {
      if (value.items.length === 0 || tape.rarely(3)) return ` ${this.#flow(value)}${end}`;
      const dash = tape.pick(2) ? pad : ' '.repeat(depth * this.#step);
      return end + value.items.map((item) => `${dash}- ${this.#flow(item)}${this.#eol}`).join('');
    }
    if (value.entries.size === 0 || (depth > 0 && tape.rarely(5) && !value.entries.has('<<'))) {
      return ` ${this.#flow(value)}${end}`;
    }
    return end + this.#block(value.entries, depth + 1, path);
  }

  #scalar(text: string, depth: number, end: string): string {
    const { tape } = this;
    const known = this.#anchors.find((anchor) => anchor.text === text);
    if (known && tape.rarely(3)) return ` *${known.name}${end}`;
    const pad = ' '.repeat((depth + 1) * this.#step);
    if (/^\S.*\n$/s.test(text) && tape.pick(2)) {
      const lines = text.slice(0, -1).split('\n');
      const comment = end.trim() === '' ? '' : ` ${end.trim()}`;
      this.#endsInBlockScalar = true;
      return ` |${comment}${this.#eol}${lines.map((line) => (line === '' ? '' : pad + line) + this.#eol).join('')}`;
    }
    if (!tape.rarely(20)) return ` ${this.#quoted(text)}${end}`;
    const name = `a${++this.#next}`;
    this.#anchors.push({ name, text });
    return ` &${name} ${this.#quoted(text)}${end}`;
  }

  #quoted(text: string): string {
    const { tape } = this;
    const plain = /^[A-Za-z0-9](?:[A-Za-z0-9 ./-]*[A-Za-z0-9])?$/.test(text);
    if (plain && text !== 'null' && tape.pick(2)) return text;
    if (!/[\n\t]/.test(text) && tape.pick(2)) return `'${text.replaceAll("'", "''")}'`;
    return JSON.stringify(text);
  }

  #flow(value: Value): string {
    if (value.kind === 'plain') return value.text === '' ? 'null' : value.text;
    if (value.kind === 'string') return this.#quoted(value.text);
    if (value.kind === 'list') return `[${value.items.map((item) => this.#flow(item)).join(', ')}]`;
    const space = this.tape.pick(2) ? ' ' : '';
    const entries = this.#ordered(value.entries).map(([key, v]) => `${this.#key(key)}: ${this.#flow(v)}`);
    return entries.length === 0 ? '{}' : `{${space}${entries.join(', ')}${space}}`;
  }
}
