import { expect, it } from 'vitest';
import { planSheet, type PlanFacts } from './plan-sheet.js';

// An older block database.postgres: `it`, in the names below, is the address that it makes.

const plans: readonly (readonly [name: string, facts: PlanFacts, sheet: readonly string[]])[] = [
  [
    'becomes a URL',
    {
      file: `database:
  postgres:
    host: db.file
    port: "5432"
    user: u
    password: CANARY
    database: d
`,
    },
    [
      '3:5 database.postgres.host (database.url) renamed, cut, no row, new-name: "db.file"',
      '4:5 database.postgres.port (database.url) renamed, cut, no row, new-name: "5432"',
      '5:5 database.postgres.user (database.url) renamed, cut, no row, new-name: "u"',
      '6:5 database.postgres.password (database.url) renamed, cut, no row, new-name: "********" secret',
      '7:5 database.postgres.database (database.url) renamed, cut, no row, new-name: "d"',
      `file database:
  url: postgres://u:CANARY@db.file:5432/d
`,
      'chosen database.url "" to "********"',
    ],
  ],
  [
    'stays in a file that stays, where its keys are named all the same',
    {
      file: `database:
  postgres:
    host: db.file
    port: "5432"
    user: u
    password: CANARY
    database: d
`,
      options: { rewrites: false },
    },
    [
      '3:5 database.postgres.host (database.url) renamed, kept, no row, new-name: "db.file"',
      '4:5 database.postgres.port (database.url) renamed, kept, no row, new-name: "5432"',
      '5:5 database.postgres.user (database.url) renamed, kept, no row, new-name: "u"',
      '6:5 database.postgres.password (database.url) renamed, kept, no row, new-name: "********" secret',
      '7:5 database.postgres.database (database.url) renamed, kept, no row, new-name: "d"',
    ],
  ],
  [
    'takes its mode of encryption along',
    {
      file: `database:
  postgres:
    host: db.file
    port: "5432"
    user: u
    password: CANARY
    database: d
    sslmode: require
`,
    },
    [
      '3:5 database.postgres.host (database.url) renamed, cut, no row, new-name: "db.file"',
      '4:5 database.postgres.port (database.url) renamed, cut, no row, new-name: "5432"',
      '5:5 database.postgres.user (database.url) renamed, cut, no row, new-name: "u"',
      '6:5 database.postgres.password (database.url) renamed, cut, no row, new-name: "********" secret',
      '7:5 database.postgres.database (database.url) renamed, cut, no row, new-name: "d"',
      '8:5 database.postgres.sslmode (database.url) renamed, cut, no row, new-name: "require"',
      `file database:
  url: postgres://u:CANARY@db.file:5432/d?sslmode=require
`,
      'chosen database.url "" to "********"',
    ],
  ],
  [
    'is dead beside a URL, whatever it holds',
    {
      file: `database:
  url: postgres://h/d
  postgres: {host: h, port: abc, nonsense: 1}
`,
      env: { POSTGRES_HOST: 'x' },
    },
    [
      '2:3 database.url stays, kept, no row, bootstrap: "********" secret',
      '3:14 database.postgres.host (no key) stays, kept, no row, superseded: no value',
      '3:23 database.postgres.port (no key) stays, kept, no row, superseded: no value',
      '3:34 database.postgres.nonsense (no key) unknown, kept, no row, unknown: no value',
    ],
  ],
  [
    'becomes a URL although a variable holds another one, and no older one is asked about',
    {
      file: `database:
  postgres:
    host: db.file
    port: "5432"
    user: u
    password: CANARY
    database: d
`,
      env: { TMI_DATABASE_URL: 'postgres://x/y', POSTGRES_HOST: 'x' },
    },
    [
      '3:5 database.postgres.host (database.url) renamed, cut, no row, new-name: "db.file"',
      '4:5 database.postgres.port (database.url) renamed, cut, no row, new-name: "5432"',
      '5:5 database.postgres.user (database.url) renamed, cut, no row, new-name: "u"',
      '6:5 database.postgres.password (database.url) renamed, cut, no row, new-name: "********" secret',
      '7:5 database.postgres.database (database.url) renamed, cut, no row, new-name: "d"',
      `file database:
  url: postgres://u:CANARY@db.file:5432/d
`,
    ],
  ],
  [
    'means nothing without a host',
    { file: 'database: {postgres: {port: 1, database: d}}\n' },
    [
      '1:23 database.postgres.port (no key) stays, kept, no row, incomplete: no value',
      '1:32 database.postgres.database (no key) stays, kept, no row, incomplete: no value',
    ],
  ],
  [
    'means nothing without a database',
    { file: 'database: {postgres: {host: h}}\n' },
    ['1:23 database.postgres.host (no key) stays, kept, no row, incomplete: no value'],
  ],
  [
    'is not looked at for faults then',
    { file: 'database: {postgres: {host: h, port: abc}}\n' },
    [
      '1:23 database.postgres.host (no key) stays, kept, no row, incomplete: no value',
      '1:32 database.postgres.port (no key) stays, kept, no row, incomplete: no value',
    ],
  ],
  [
    'holds nothing where nothing has a value',
    { file: 'database: {postgres: {host: "", database: , user: [], password: {}, port: ~}}\n' },
    [
      '1:23 database.postgres.host (no key) stays, kept, no row, no-value: no value',
      '1:33 database.postgres.database (no key) stays, kept, no row, no-value: no value',
      '1:45 database.postgres.user (no key) stays, kept, no row, no-value: no value',
      '1:55 database.postgres.password (no key) stays, kept, no row, no-value: no value',
      '1:69 database.postgres.port (no key) stays, kept, no row, no-value: no value',
    ],
  ],
  [
    'takes a list or a map for no value',
    { file: 'database: {postgres: {host: h, database: d, user: [x], port: {a: 1}}}\n' },
    [
      '1:23 database.postgres.host (database.url) renamed, cut, no row, new-name: "h"',
      '1:32 database.postgres.database (database.url) renamed, cut, no row, new-name: "d"',
      '1:45 database.postgres.user (no key) stays, kept, no row, no-value: no value',
      '1:63 database.postgres.port.a (no key) unknown, kept, no row, unknown: no value',
      'file database: {url: postgres://h/d, postgres: {user: [x], port: {a: 1}}}\n',
      'chosen database.url "" to "********"',
    ],
  ],
  [
    'cannot hold a reference',
    { file: 'database: {postgres: {host: h, database: d, password: "env://P"}}\n' },
    [
      '1:23 database.postgres.host (no key) stays, kept, no row, reference: no value',
      '1:32 database.postgres.database (no key) stays, kept, no row, reference: no value',
      '1:45 database.postgres.password (no key) stays, kept, no row, reference: no value',
    ],
  ],
  [
    'leaves what is no part of it',
    { file: 'database: {postgres: {host: h, database: d, pasword: CANARY, more: {host: x}}}\n' },
    [
      '1:23 database.postgres.host (database.url) renamed, cut, no row, new-name: "h"',
      '1:32 database.postgres.database (database.url) renamed, cut, no row, new-name: "d"',
      '1:45 database.postgres.pasword (no key) unknown, kept, no row, unknown: no value',
      '1:69 database.postgres.more.host (no key) unknown, kept, no row, unknown: no value',
      'file database: {url: postgres://h/d, postgres: {pasword: CANARY, more: {host: x}}}\n',
      'chosen database.url "" to "********"',
    ],
  ],
  [
    'has its faults named, each at its place, with what to write',
    {
      file: `database:
  postgres:
    host: h/x
    port: 65536
    database: d
    sslmode: on
`,
      words: true,
    },
    [
      'error legacy/invalid-values: 3 values are not what any server accepts; nothing was written. Correct them and run the command again.',
      'stop error config/invalid-value config.yml:3:5 database.postgres.host: database.postgres.host is not valid: expected a host name or address. Correct it, or write database.url in place of the block: postgres://user:password@host:5432/database',
      'stop error config/invalid-value config.yml:4:5 database.postgres.port: database.postgres.port is not valid: expected a number from 1 to 65535. Correct it, or write database.url in place of the block: postgres://user:password@host:5432/database',
      'stop error config/invalid-value config.yml:6:5 database.postgres.sslmode: database.postgres.sslmode is not valid: expected one of disable, allow, prefer, require, verify-ca, verify-full. Correct it, or write database.url in place of the block: postgres://user:password@host:5432/database',
    ],
  ],
  [
    'has one fault counted as one',
    { file: 'database: {postgres: {host: h, port: 0, database: d}}\n', words: true },
    [
      'error legacy/invalid-values: A value is not what any server accepts; nothing was written. Correct them and run the command again.',
      'stop error config/invalid-value config.yml:1:32 database.postgres.port: database.postgres.port is not valid: expected a number from 1 to 65535. Correct it, or write database.url in place of the block: postgres://user:password@host:5432/database',
    ],
  ],
  [
    'is overridden by an older variable, which waits for a choice',
    {
      file: `database:
  postgres:
    host: db.file
    port: "5432"
    user: u
    password: CANARY
    database: d
`,
      env: { POSTGRES_HOST: 'db.env' },
      words: true,
    },
    [
      '3:5 database.postgres.host (database.url) renamed, cut, no row, new-name: "db.file"',
      '4:5 database.postgres.port (database.url) renamed, cut, no row, new-name: "5432"',
      '5:5 database.postgres.user (database.url) renamed, cut, no row, new-name: "u"',
      '6:5 database.postgres.password (database.url) renamed, cut, no row, new-name: "********" secret',
      '7:5 database.postgres.database (database.url) renamed, cut, no row, new-name: "d"',
      'shadow 3:5 database.postgres.host (database.url) by POSTGRES_HOST: open, today TMI_DATABASE_URL',
      'stop error legacy/shadowed config.yml:3:5 database.url: database.postgres.host was overridden by the variable POSTGRES_HOST, which says otherwise; no server of today reads it. Decide with --shadowed env (take what the variable says) or --shadowed file (take what the file says).',
      `file database:
  url: postgres://u:CANARY@db.file:5432/d
`,
    ],
  ],
  [
    'counts where the file is chosen',
    {
      file: `database:
  postgres:
    host: db.file
    port: "5432"
    user: u
    password: CANARY
    database: d
`,
      env: { POSTGRES_HOST: 'db.env' },
      options: { shadowed: 'file' },
    },
    [
      '3:5 database.postgres.host (database.url) renamed, cut, no row, new-name: "db.file"',
      '4:5 database.postgres.port (database.url) renamed, cut, no row, new-name: "5432"',
      '5:5 database.postgres.user (database.url) renamed, cut, no row, new-name: "u"',
      '6:5 database.postgres.password (database.url) renamed, cut, no row, new-name: "********" secret',
      '7:5 database.postgres.database (database.url) renamed, cut, no row, new-name: "d"',
      'shadow 3:5 database.postgres.host (database.url) by POSTGRES_HOST: file, today TMI_DATABASE_URL',
      `file database:
  url: postgres://u:CANARY@db.file:5432/d
`,
      'chosen database.url "" to "********"',
    ],
  ],
  [
    "is the variables' where they are chosen, also for a part that it does not have",
    {
      file: `database:
  postgres:
    host: db.file
    port: "5432"
    user: u
    password: CANARY
    database: d
`,
      env: { POSTGRES_HOST: 'db.env', POSTGRES_PASSWORD: 'CANARY2', POSTGRES_SSLMODE: 'require' },
      options: { shadowed: 'env' },
    },
    [
      '3:5 database.postgres.host (database.url) renamed, cut, no row, new-name-variable: "db.env"',
      '4:5 database.postgres.port (database.url) renamed, cut, no row, new-name: "5432"',
      '5:5 database.postgres.user (database.url) renamed, cut, no row, new-name: "u"',
      '6:5 database.postgres.password (database.url) renamed, cut, no row, new-name-variable: "********" secret',
      '7:5 database.postgres.database (database.url) renamed, cut, no row, new-name: "d"',
      'shadow 3:5 database.postgres.host (database.url) by POSTGRES_HOST: env, today TMI_DATABASE_URL',
      'shadow 6:5 database.postgres.password (database.url) by POSTGRES_PASSWORD: env, today TMI_DATABASE_URL',
      'shadow 3:5 database.postgres.sslmode (database.url) by POSTGRES_SSLMODE: env, today TMI_DATABASE_URL',
      'note config.yml will hold the password of the variable in database.url, in plain text. To keep it out, put database.url: env://NAME there afterwards.',
      `file database:
  url: postgres://u:CANARY2@db.env:5432/d?sslmode=require
`,
      'chosen database.url "" to "********"',
    ],
  ],
  [
    'is not overridden by what agrees',
    {
      file: `database:
  postgres:
    host: db.file
    port: "5432"
    user: u
    password: CANARY
    database: d
`,
      env: { POSTGRES_HOST: 'db.file', DB_PORT: '5432' },
    },
    [
      '3:5 database.postgres.host (database.url) renamed, cut, no row, new-name: "db.file"',
      '4:5 database.postgres.port (database.url) renamed, cut, no row, new-name: "5432"',
      '5:5 database.postgres.user (database.url) renamed, cut, no row, new-name: "u"',
      '6:5 database.postgres.password (database.url) renamed, cut, no row, new-name: "********" secret',
      '7:5 database.postgres.database (database.url) renamed, cut, no row, new-name: "d"',
      `file database:
  url: postgres://u:CANARY@db.file:5432/d
`,
      'chosen database.url "" to "********"',
    ],
  ],
  [
    'is overridden in a part that it does not have',
    {
      file: `database:
  postgres:
    host: db.file
    port: "5432"
    user: u
    password: CANARY
    database: d
`,
      env: { POSTGRES_SSLMODE: 'require' },
    },
    [
      '3:5 database.postgres.host (database.url) renamed, cut, no row, new-name: "db.file"',
      '4:5 database.postgres.port (database.url) renamed, cut, no row, new-name: "5432"',
      '5:5 database.postgres.user (database.url) renamed, cut, no row, new-name: "u"',
      '6:5 database.postgres.password (database.url) renamed, cut, no row, new-name: "********" secret',
      '7:5 database.postgres.database (database.url) renamed, cut, no row, new-name: "d"',
      'shadow 3:5 database.postgres.sslmode (database.url) by POSTGRES_SSLMODE: open, today TMI_DATABASE_URL',
      'stop error legacy/shadowed config.yml:3:5 database.url: database.postgres.sslmode was overridden by the variable POSTGRES_SSLMODE, which says otherwise; no server of today reads it.',
      `file database:
  url: postgres://u:CANARY@db.file:5432/d
`,
    ],
  ],
  [
    'is overridden in parts without a value',
    {
      file: `database:
  postgres:
    host: h
    database: d
    user: ""
    password:
`,
      env: { POSTGRES_USER: 'U', DB_PASSWORD: 'CANARY' },
    },
    [
      '3:5 database.postgres.host (database.url) renamed, cut, no row, new-name: "h"',
      '4:5 database.postgres.database (database.url) renamed, cut, no row, new-name: "d"',
      '5:5 database.postgres.user (no key) stays, kept, no row, no-value: no value',
      '6:5 database.postgres.password (no key) stays, kept, no row, no-value: no value',
      'shadow 5:5 database.postgres.user (database.url) by POSTGRES_USER: open, today TMI_DATABASE_URL',
      'shadow 6:5 database.postgres.password (database.url) by DB_PASSWORD: open, today TMI_DATABASE_URL',
      'stop error legacy/shadowed config.yml:5:5 database.url: database.postgres.user was overridden by the variable POSTGRES_USER, which says otherwise; no server of today reads it.',
      'stop error legacy/shadowed config.yml:6:5 database.url: database.postgres.password was overridden by the variable DB_PASSWORD, which says otherwise; no server of today reads it.',
      `file database:
  url: postgres://h/d
  postgres:
    user: ""
    password:
`,
    ],
  ],
  [
    'takes the place of parts without a value',
    {
      file: `database:
  postgres:
    host: h
    database: d
    user: ""
    password:
`,
      env: { POSTGRES_USER: 'U', DB_PASSWORD: 'CANARY' },
      options: { shadowed: 'env' },
    },
    [
      '3:5 database.postgres.host (database.url) renamed, cut, no row, new-name: "h"',
      '4:5 database.postgres.database (database.url) renamed, cut, no row, new-name: "d"',
      '5:5 database.postgres.user (database.url) renamed, cut, no row, new-name-variable: "U"',
      '6:5 database.postgres.password (database.url) renamed, cut, no row, new-name-variable: "********" secret',
      'shadow 5:5 database.postgres.user (database.url) by POSTGRES_USER: env, today TMI_DATABASE_URL',
      'shadow 6:5 database.postgres.password (database.url) by DB_PASSWORD: env, today TMI_DATABASE_URL',
      'note config.yml will hold the password of the variable in database.url, in plain text. To keep it out, put database.url: env://NAME there afterwards.',
      `file database:
  url: postgres://U:CANARY@h/d
`,
      'chosen database.url "" to "********"',
    ],
  ],
  [
    'is completed by a variable only where that is chosen',
    { file: 'database: {postgres: {host: h}}\n', env: { POSTGRES_DATABASE: 'D' } },
    [
      '1:23 database.postgres.host (no key) stays, kept, no row, incomplete: no value',
      'shadow 1:23 database.postgres.database (database.url) by POSTGRES_DATABASE: open, today TMI_DATABASE_URL',
      'stop error legacy/shadowed config.yml:1:23 database.url: database.postgres.database was overridden by the variable POSTGRES_DATABASE, which says otherwise; no server of today reads it.',
    ],
  ],
  [
    'is completed then',
    {
      file: 'database: {postgres: {host: h}}\n',
      env: { POSTGRES_DATABASE: 'D' },
      options: { shadowed: 'env' },
    },
    [
      '1:23 database.postgres.host (database.url) renamed, cut, no row, new-name: "********" secret',
      'shadow 1:23 database.postgres.database (database.url) by POSTGRES_DATABASE: env, today TMI_DATABASE_URL',
      'file database: {url: postgres://h/D}\n',
      'chosen database.url "" to "********"',
    ],
  ],
  [
    'is not completed by half',
    { file: 'database: {postgres: {port: 5}}\n', env: { POSTGRES_HOST: 'h' } },
    ['1:23 database.postgres.port (no key) stays, kept, no row, incomplete: no value'],
  ],
  [
    'is overridden by a part that no URL can hold, which may be turned down',
    {
      file: `database:
  postgres:
    host: db.file
    port: "5432"
    user: u
    password: CANARY
    database: d
`,
      env: { POSTGRES_PORT: 'CANARY' },
    },
    [
      '3:5 database.postgres.host (database.url) renamed, cut, no row, new-name: "db.file"',
      '4:5 database.postgres.port (database.url) renamed, cut, no row, new-name: "5432"',
      '5:5 database.postgres.user (database.url) renamed, cut, no row, new-name: "u"',
      '6:5 database.postgres.password (database.url) renamed, cut, no row, new-name: "********" secret',
      '7:5 database.postgres.database (database.url) renamed, cut, no row, new-name: "d"',
      'shadow 4:5 database.postgres.port (database.url) by POSTGRES_PORT: open, today TMI_DATABASE_URL',
      'stop error legacy/shadowed config.yml:4:5 database.url: database.postgres.port was overridden by the variable POSTGRES_PORT, which says otherwise; no server of today reads it.',
      `file database:
  url: postgres://u:CANARY@db.file:5432/d
`,
    ],
  ],
  [
    'is as it was once that is turned down',
    {
      file: `database:
  postgres:
    host: db.file
    port: "5432"
    user: u
    password: CANARY
    database: d
`,
      env: { POSTGRES_PORT: 'CANARY' },
      options: { shadowed: 'file' },
    },
    [
      '3:5 database.postgres.host (database.url) renamed, cut, no row, new-name: "db.file"',
      '4:5 database.postgres.port (database.url) renamed, cut, no row, new-name: "5432"',
      '5:5 database.postgres.user (database.url) renamed, cut, no row, new-name: "u"',
      '6:5 database.postgres.password (database.url) renamed, cut, no row, new-name: "********" secret',
      '7:5 database.postgres.database (database.url) renamed, cut, no row, new-name: "d"',
      'shadow 4:5 database.postgres.port (database.url) by POSTGRES_PORT: file, today TMI_DATABASE_URL',
      `file database:
  url: postgres://u:CANARY@db.file:5432/d
`,
      'chosen database.url "" to "********"',
    ],
  ],
  [
    "is refused by the variable's name where it is taken",
    {
      file: `database:
  postgres:
    host: db.file
    port: "5432"
    user: u
    password: CANARY
    database: d
`,
      env: { POSTGRES_PORT: 'CANARY', POSTGRES_SSLMODE: 'on' },
      options: { shadowed: 'env' },
      words: true,
    },
    [
      'error legacy/invalid-values: 2 values are not what any server accepts; nothing was written. Correct them and run the command again.',
      'stop error config/invalid-variable $POSTGRES_PORT POSTGRES_PORT database.url: POSTGRES_PORT is not valid: expected a number from 1 to 65535.',
      'stop error config/invalid-variable $POSTGRES_SSLMODE POSTGRES_SSLMODE database.url: POSTGRES_SSLMODE is not valid: expected one of disable, allow, prefer, require, verify-ca, verify-full.',
    ],
  ],
  [
    'has its fault mended by a variable that is taken',
    {
      file: 'database: {postgres: {host: h, port: abc, database: d}}\n',
      env: { POSTGRES_PORT: '5433' },
      options: { shadowed: 'env' },
    },
    [
      '1:23 database.postgres.host (database.url) renamed, cut, no row, new-name: "h"',
      '1:32 database.postgres.port (database.url) renamed, cut, no row, new-name-variable: "5433"',
      '1:43 database.postgres.database (database.url) renamed, cut, no row, new-name: "d"',
      'shadow 1:32 database.postgres.port (database.url) by POSTGRES_PORT: env, today TMI_DATABASE_URL',
      'file database: {url: postgres://h:5433/d}\n',
      'chosen database.url "" to "********"',
    ],
  ],
  [
    'is no URL where a variable is a reference',
    {
      file: `database:
  postgres:
    host: db.file
    port: "5432"
    user: u
    password: CANARY
    database: d
`,
      env: { POSTGRES_PASSWORD: 'env://X' },
      options: { shadowed: 'env' },
    },
    [
      '3:5 database.postgres.host (no key) stays, kept, no row, reference: no value',
      '4:5 database.postgres.port (no key) stays, kept, no row, reference: no value',
      '5:5 database.postgres.user (no key) stays, kept, no row, reference: no value',
      '6:5 database.postgres.password (no key) stays, kept, no row, reference: no value',
      '7:5 database.postgres.database (no key) stays, kept, no row, reference: no value',
    ],
  ],
  [
    'is none in a file without one',
    { file: 'operator: {name: A}\n', env: { POSTGRES_HOST: 'x' } },
    [
      '1:12 operator.name moves, cut, insert, new-row: "A"',
      'write operator.name "A" string explicit',
      'file {}\n',
    ],
  ],
  [
    'is the first of several names',
    {
      file: `database:
  postgres:
    host: db.file
    port: "5432"
    user: u
    password: CANARY
    database: d
`,
      env: {
        DB_HOST: 'second',
        POSTGRES_HOST: 'first',
        TMI_DATABASE_POSTGRES_HOST: 'third',
        POSTGRES_SSL_MODE: 'disable',
        POSTGRES_SSLMODE: 'require',
      },
      options: { shadowed: 'env' },
    },
    [
      '3:5 database.postgres.host (database.url) renamed, cut, no row, new-name-variable: "first"',
      '4:5 database.postgres.port (database.url) renamed, cut, no row, new-name: "5432"',
      '5:5 database.postgres.user (database.url) renamed, cut, no row, new-name: "u"',
      '6:5 database.postgres.password (database.url) renamed, cut, no row, new-name: "********" secret',
      '7:5 database.postgres.database (database.url) renamed, cut, no row, new-name: "d"',
      'shadow 3:5 database.postgres.host (database.url) by POSTGRES_HOST: env, today TMI_DATABASE_URL',
      'shadow 3:5 database.postgres.sslmode (database.url) by POSTGRES_SSLMODE: env, today TMI_DATABASE_URL',
      `file database:
  url: postgres://u:CANARY@first:5432/d?sslmode=require
`,
      'chosen database.url "" to "********"',
    ],
  ],
];

it.each(plans)('%s', (_, facts, sheet) => {
  expect(planSheet(facts)).toEqual(sheet);
});
