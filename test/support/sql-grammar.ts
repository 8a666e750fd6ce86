import { antlr4tsSQL, SQLDialect, type ANTLRErrorListener } from 'antlr4ts-sql';

/** The engines whose statements are checked by a grammar, since no server of theirs can run here. */
export type CheckedEngine = 'mssql' | 'oracle';

const grammars: Record<CheckedEngine, SQLDialect> = { mssql: SQLDialect.TSQL, oracle: SQLDialect.PLSQL };

/** What an engine takes and its grammar does not know. The rest of such a statement is still checked. */
interface Gap {
  readonly engine: CheckedEngine;
  readonly reason: string;
  readonly pattern: RegExp;
  /** Something with the same place in a statement that the grammar knows. */
  readonly known: string;
}

/** One name, with or without the quotation marks of T-SQL, in place of NAME. */
const withName = (text: string): RegExp =>
  new RegExp(text.replace('NAME', String.raw`(?:\[(?:[^\]]|\]\])+\](?:\.\[(?:[^\]]|\]\])+\])?|\w+)`), 'gi');

export const gaps: readonly Gap[] = [
  {
    engine: 'oracle',
    reason: 'DROP TABLE takes CASCADE CONSTRAINTS; the grammar knows only PURGE there.',
    pattern: /(\bdrop\s+table\s+\S+)\s+cascade\s+constraints\b/gi,
    known: '$1',
  },
  {
    engine: 'oracle',
    reason: 'IS JSON is a condition since release 12.',
    pattern: /\bis\s+(not\s+)?json\b(\s*\(?\s*strict\s*\)?)?/gi,
    known: 'is $1null',
  },
  {
    engine: 'oracle',
    reason:
      'ALTER SESSION SET takes any number of parameters, with texts and numbers as values; the grammar knows one, with a name.',
    pattern: /^(alter session set)(?:\s+\w+\s*=\s*(?:'[^']*'|\w+))+$/gi,
    known: '$1 parameter = value',
  },
  {
    engine: 'oracle',
    reason:
      'ALTER SEQUENCE takes RESTART since release 18; the grammar knows START WITH in CREATE SEQUENCE only.',
    pattern: /(\balter\s+sequence\s+\S+)\s+restart\s+start\s+with\s+(\d+)/gi,
    known: '$1 increment by $2',
  },
  {
    engine: 'oracle',
    reason: 'ALTER TABLE MODIFY changes an identity since release 12.',
    pattern:
      /(\balter\s+table\s+\S+\s+modify\s+\(\S+)\s+generated\s+(?:always|by\s+default(?:\s+on\s+null)?)\s+as\s+identity\s+\(start\s+with\s+\d+\)/gi,
    known: '$1 number',
  },
  {
    engine: 'oracle',
    reason: 'Materialized views and synonyms are dropped like views.',
    pattern: /\bdrop\s+(?:materialized\s+view|synonym)\b/gi,
    known: 'drop view',
  },
  {
    engine: 'oracle',
    reason: 'JSON_SERIALIZE takes RETURNING since release 19, and says what becomes of an error.',
    pattern: /(\bjson_serialize\([^()]*)\s+returning\s+(?:clob|varchar2\(\d+\)\s+null\s+on\s+error)\)/gi,
    known: '$1)',
  },
  {
    engine: 'mssql',
    reason: 'ALTER TABLE takes WITH CHECK before CHECK CONSTRAINT as well as before ADD.',
    pattern: withName(String.raw`(\balter\s+table\s+NAME)\s+with\s+(?:no)?check\s+check\s+constraint\b`),
    known: '$1 check constraint',
  },
  {
    engine: 'mssql',
    reason: 'ALTER TABLE takes NOCHECK CONSTRAINT like CHECK CONSTRAINT.',
    pattern: withName(String.raw`(\balter\s+table\s+NAME)\s+nocheck\s+constraint\b`),
    known: '$1 check constraint',
  },
  {
    engine: 'mssql',
    reason: 'A table is parted from its history by an option of ALTER TABLE since release 13.',
    pattern: withName(String.raw`(\balter\s+table\s+NAME\s+set)\s+\(\s*system_versioning\s*=\s*off\s*\)`),
    known: '$1 (lock_escalation = auto)',
  },
  {
    engine: 'mssql',
    reason: 'A sequence may go on from a number below zero.',
    pattern: withName(String.raw`(\balter\s+sequence\s+NAME\s+restart\s+with)\s+-(?=\d)`),
    known: '$1 ',
  },
];

/** Words that a batch of T-SQL may begin with. */
const beginsBatch =
  /^(alter|begin|commit|create|dbcc|declare|delete|disable|drop|enable|exec|grant|if|insert|merge|rollback|save|select|set|truncate|update|with)$/i;

/** What is known of a statement. */
interface Reading {
  readonly faults: readonly string[];
  readonly bareNames: readonly string[];
}

const checked = new Map<string, Reading>();

/** A node of the parser's tree. Its last token is missing where the grammar gave up. */
interface Node {
  readonly ruleIndex?: number;
  readonly childCount: number;
  readonly start: { readonly startIndex: number };
  readonly stop?: { readonly stopIndex: number };
  getChild(at: number): Node;
}

/** Rules of the grammar that are the name of something in a schema, with its schema or without. */
const namingRules = new Set(['table_name', 'full_table_name', 'simple_name']);
/** Names in these are of a table of the statement, or of its alias. */
const withinStatement = new Set(['asterisk', 'full_column_name']);

/** Names of the tree that have no schema before them. */
function bareNamesIn(root: Node, rules: readonly string[], sql: string): string[] {
  const found: string[] = [];
  const visit = (node: Node): void => {
    const rule = node.ruleIndex === undefined ? '' : (rules[node.ruleIndex] ?? '');
    if (withinStatement.has(rule)) return;
    const children = Array.from({ length: node.childCount }, (_, at) => node.getChild(at));
    const ids = children.filter(({ ruleIndex }) => ruleIndex !== undefined && rules[ruleIndex] === 'id');
    const text = sql.slice(node.start?.startIndex, (node.stop?.stopIndex ?? -1) + 1);
    if (namingRules.has(rule) && ids.length === 1) found.push(text);
    // Its name, and its schema's, are parts of the statement itself.
    if (rule === 'alter_sequence' && ids.length === 1) found.push(text);
    for (const child of children) if (child.ruleIndex !== undefined) visit(child);
  };
  visit(root);
  return found;
}

/** Names as texts, for functions that look an object up. */
function bareTextsIn(sql: string): string[] {
  const texts = sql.matchAll(/\b(?:object_id|checkident)\s*\(\s*(N?'(?:[^']|'')*')/gi);
  const qualified = /^N'\[(?:[^\]]|\]\])+\]\.\[(?:[^\]]|\]\])+\]'$/;
  return [...texts].map(([, text = '']) => text).filter((text) => !qualified.test(text));
}

function parse(engine: CheckedEngine, sql: string): Reading {
  const plain = gaps
    .filter((gap) => gap.engine === engine)
    .reduce((text, gap) => text.replace(gap.pattern, gap.known), sql);
  // The grammar of PL/SQL reads scripts, in which a statement ends with a semicolon.
  const known = engine === 'oracle' && !/;\s*$/.test(plain) ? `${plain};` : plain;
  const faults: string[] = [];
  const listener: ANTLRErrorListener<unknown> = {
    // The rest of the message lists every word that could have stood there.
    syntaxError: (_recognizer, _symbol, line, column, message) =>
      faults.push(`${line}:${column} ${message.split(' expecting ')[0] ?? ''}`),
  };
  const grammar = new antlr4tsSQL(grammars[engine]);
  const tokens = grammar.getTokens(known, [listener]);
  const parser = grammar.getParser(tokens, [listener]);
  const tree = grammar.getParseTree(parser) as unknown as Node;
  if (parser.currentToken.type !== -1) faults.push('not read to its end');
  // T-SQL takes a batch that begins with any name for the call of a procedure, so that a misspelt word would pass.
  const first = /^\s*(\w+)/.exec(known)?.[1] ?? '';
  if (engine === 'mssql' && !beginsBatch.test(first)) faults.push(`1:0 a batch begins with "${first}"`);
  return {
    faults,
    bareNames:
      engine === 'oracle' ? [] : [...bareNamesIn(tree, parser.ruleNames, known), ...bareTextsIn(known)],
  };
}

function readingOf(engine: CheckedEngine, sql: string): Reading {
  const key = `${engine} ${sql}`;
  const known = checked.get(key) ?? parse(engine, sql);
  checked.set(key, known);
  return known;
}

/**
 * Faults of a statement, or of several in one text, by the engine's grammar; empty when it is well formed.
 * Placeholders are those of the wire: `@p0` for SQL Server, `:1` for Oracle.
 */
export function syntaxFaults(engine: CheckedEngine, sql: string): readonly string[] {
  return readingOf(engine, sql).faults;
}

/** What a statement of T-SQL says for a table, a view or a sequence without saying of which schema. */
export function bareNames(sql: string): readonly string[] {
  return readingOf('mssql', sql).bareNames.map((name) => `${name} has no schema before it`);
}
