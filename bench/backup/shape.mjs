// A database shaped like that of a TMI server: few large diagrams, many threats and audit rows, foreign keys and
// secondary indexes. The words differ by engine; the rows do not.

/** Types by engine. */
const types = {
  postgres: {
    id: 'uuid',
    instant: 'timestamptz',
    json: 'jsonb',
    text: 'text',
    score: 'numeric(5,2)',
    flag: 'boolean',
  },
  mysql: {
    id: 'varchar(36)',
    instant: 'datetime(6)',
    json: 'json',
    text: 'text',
    score: 'decimal(5,2)',
    flag: 'tinyint(1)',
  },
  sqlite: {
    id: 'varchar(36)',
    instant: 'datetime',
    json: 'json',
    text: 'text',
    score: 'decimal(5,2)',
    flag: 'boolean',
  },
};

/** Rows of each table, of so many in all. */
export function countsOf(rows) {
  const users = Math.max(10, Math.round(rows / 1000));
  const models = Math.max(10, Math.round(rows / 100));
  const diagrams = Math.max(10, Math.round((rows * 16) / 10_000));
  const threats = Math.round(rows * 0.38);
  return { users, models, diagrams, threats, audit: rows - users - models - diagrams - threats };
}

/** Tables with their columns, keys and indexes. */
export const tables = [
  {
    name: 'users',
    columns:
      'id {id} primary key, email varchar(255) not null, name varchar(255) not null, created_at {instant} not null',
    unique: ['email'],
    indexes: [],
  },
  {
    name: 'threat_models',
    columns:
      'id {id} primary key, owner_id {id} not null, name varchar(255) not null, description {text}, is_open {flag} not null, created_at {instant} not null, modified_at {instant} not null',
    keys: [['owner_id', 'users']],
    indexes: [['owner_id'], ['modified_at']],
  },
  {
    name: 'diagrams',
    columns:
      'id {id} primary key, threat_model_id {id} not null, name varchar(255) not null, cells {json} not null, created_at {instant} not null, modified_at {instant} not null',
    keys: [['threat_model_id', 'threat_models']],
    indexes: [['threat_model_id']],
  },
  {
    name: 'threats',
    columns:
      'id {id} primary key, threat_model_id {id} not null, diagram_id {id}, name varchar(255) not null, description {text}, severity varchar(20) not null, status varchar(20) not null, score {score}, metadata {json}, created_at {instant} not null, modified_at {instant} not null',
    keys: [
      ['threat_model_id', 'threat_models'],
      ['diagram_id', 'diagrams'],
    ],
    indexes: [['threat_model_id'], ['diagram_id'], ['severity', 'status'], ['modified_at']],
  },
  {
    name: 'audit_entries',
    columns:
      'id bigint primary key, threat_model_id {id} not null, actor_email varchar(255) not null, object_type varchar(40) not null, object_id {id} not null, change_type varchar(20) not null, changes {json}, created_at {instant} not null',
    keys: [['threat_model_id', 'threat_models']],
    indexes: [['threat_model_id', 'created_at'], ['object_type', 'object_id'], ['actor_email']],
  },
];

/** Statements that make the empty tables. */
export function definition(engine) {
  const words = types[engine];
  return tables.flatMap(({ name, columns, keys = [], unique = [], indexes }) => {
    const lines = [columns.replace(/\{(\w+)\}/g, (_, word) => words[word])];
    for (const column of unique) lines.push(`unique (${column})`);
    for (const [column, target] of keys) lines.push(`foreign key (${column}) references ${target} (id)`);
    return [
      `create table ${name} (${lines.join(', ')})`,
      ...indexes.map((list) => `create index ${name}_${list.join('_')} on ${name} (${list.join(', ')})`),
    ];
  });
}

/** A diagram of some 44 kB, as its editor keeps it. @param number written into it, so that none are alike */
export function cells(number) {
  const nodes = Array.from({ length: 72 }, (_, index) => ({
    id: `${number.toString(16).padStart(8, '0')}-0000-4000-8000-${index.toString(16).padStart(12, '0')}`,
    shape: ['process', 'store', 'actor', 'security-boundary'][index % 4],
    position: { x: 40.5 * index, y: (index * number) % 977 },
    size: { width: 120, height: 60 },
    attrs: {
      body: { fill: '#ffffff', stroke: '#333333', strokeWidth: 2, rx: 4, ry: 4 },
      text: {
        text: `Prozeß ${index} of diagram ${number}`,
        fontSize: 12,
        fontFamily: 'Roboto',
        fill: '#000000',
      },
    },
    ports: {
      groups: { top: { position: 'top' }, right: { position: 'right' }, bottom: { position: 'bottom' } },
      items: ['top', 'right', 'bottom'].map((group) => ({ group, id: `${group}-${number}-${index}` })),
    },
    data: {
      parentId: null,
      visible: true,
      zIndex: index,
      _metadata: [{ key: 'owner', value: `team ${number % 7}` }],
    },
  }));
  return JSON.stringify(nodes);
}

/** A text that an UUID's type takes, of a kind and a number; spread, as random ones are. */
const idOf = (md5) => (kind, number) => {
  const hex = `${md5}(concat('${kind}', ${number}))`;
  return `concat(substr(${hex}, 1, 8), '-', substr(${hex}, 9, 4), '-4', substr(${hex}, 14, 3), '-8', substr(${hex}, 18, 3), '-', substr(${hex}, 21, 12))`;
};

/**
 * Statements that fill the tables from a series of numbers, and the one row of `diagrams_of` that holds the cells.
 * @param words how the engine says what differs
 */
export function filling(rows, words) {
  const { users, models, diagrams, threats, audit } = countsOf(rows);
  const id = idOf(words.md5 ?? 'md5');
  const { series, uuid = (text) => text, at, json = (text) => text } = words;
  const key = (kind, number) => uuid(id(kind, number));
  return [
    `insert into users select ${key('u', 'n')}, concat('user', n, '@example.com'), concat('User ', n), ${at('n')} from ${series(users)}`,
    `insert into threat_models select ${key('m', 'n')}, ${key('u', `1 + n % ${users}`)}, concat('Model ', n), concat('What model ', n, ' is about, in a sentence or two.'), ${words.truth('n % 2 = 0')}, ${at('n')}, ${at('n * 3')} from ${series(models)}`,
    `insert into diagrams select ${key('d', 'n')}, ${key('m', `1 + n % ${models}`)}, concat('Diagram ', n), ${json(words.cells('n'))}, ${at('n')}, ${at('n * 2')} from ${series(diagrams)}`,
    `insert into threats select ${key('t', 'n')}, ${key('m', `1 + n % ${models}`)}, case when n % 3 = 0 then null else ${key('d', `1 + n % ${diagrams}`)} end, concat('Threat ', n), concat('An attacker could read ', md5(concat(n, 'x')), ' and say so in a text that is longer than a name.'), case n % 4 when 0 then 'high' when 1 then 'low' else 'medium' end, case n % 2 when 0 then 'open' else 'mitigated' end, n % 1000 / 100.0, ${json(`concat('{"cwe":["CWE-', n % 900, '"],"n":', n, '}')`)}, ${at('n')}, ${at('n * 5')} from ${series(threats)}`,
    `insert into audit_entries select n, ${key('m', `1 + n % ${models}`)}, concat('user', 1 + n % ${users}, '@example.com'), case n % 3 when 0 then 'threat' when 1 then 'diagram' else 'threat_model' end, ${key('t', 'n')}, case n % 2 when 0 then 'updated' else 'created' end, ${json(`concat('{"name":{"old":"Threat ', n, '","new":"', md5(concat(n)), '"},"version":', n % 50, '}')`)}, ${at('n')} from ${series(audit)}`,
  ];
}
