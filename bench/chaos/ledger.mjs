// Sessions that keep a ledger whose sum never changes, whatever they do to its tables.

/** The tables of the ledger; others come and go beside them. */
export const LEDGER = ['ledger_a', 'ledger_b', 'ledger_c', 'ledger_d'];
const ROWS = 1500;
const EACH = 100;
export const TOTAL = BigInt(LEDGER.length * ROWS * EACH);

/** Changes of a table's shape, of which engines keep no versions. */
const SHAPES = ['truncate', 'alter', 'replace', 'swap', 'extra'];
const SESSIONS = 3;
const MOST_EXTRAS = 4;
/** Milliseconds that a session rests at the most between two of its changes. */
const REST_MS = 12;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** One after the other for each table: where a TRUNCATE ends a transaction, nothing else keeps two sessions apart. */
class TableLocks {
  #last = new Map();

  async holding(tables, work) {
    const releases = [];
    for (const table of tables.toSorted()) {
      const before = this.#last.get(table);
      this.#last.set(table, new Promise((resolve) => releases.push(resolve)));
      await before;
    }
    try {
      return await work();
    } finally {
      for (const release of releases) release();
    }
  }
}

/** What engines say in other words. */
const dialects = {
  sqlite: {
    settings: [],
    begin: 'BEGIN IMMEDIATE',
    forUpdate: '',
    lock: () => [],
    truncate: (table) => `DELETE FROM ${table}`,
    types: undefined,
    atomicDdl: true,
  },
  postgres: {
    // Who waits longer would keep pg_dump out as well.
    settings: ['SET lock_timeout = 300'],
    begin: 'BEGIN',
    forUpdate: ' FOR UPDATE',
    lock: (...tables) => [`LOCK TABLE ${tables.toSorted().join(', ')} IN ACCESS EXCLUSIVE MODE`],
    truncate: (table) => `TRUNCATE ${table}`,
    types: (table, type) => `ALTER TABLE ${table} ALTER amount TYPE ${type}`,
    atomicDdl: true,
  },
  mariadb: {
    settings: ['SET lock_wait_timeout = 1, innodb_lock_wait_timeout = 1'],
    begin: 'BEGIN',
    forUpdate: ' FOR UPDATE',
    lock: () => [],
    truncate: (table) => `TRUNCATE ${table}`,
    types: (table, type) => `ALTER TABLE ${table} MODIFY amount ${type} NOT NULL`,
    atomicDdl: false,
  },
};

const createTable = (name) =>
  `CREATE TABLE ${name} (id bigint PRIMARY KEY, amount bigint NOT NULL, memo varchar(60))`;

/** A ledger in a database, and sessions that work on it between `start` and `stop`. */
export class Ledger {
  /** How often each kind of change was made, and how often one was refused or came too late. */
  done = new Map();
  refused = 0;
  #locks = new TableLocks();
  #nextId = LEDGER.length * ROWS;
  #extras = new Set();
  #nextExtra = 0;
  #running = false;
  #sessions = [];
  #quiet = false;
  #reshaping = 0;

  constructor(target, random) {
    Object.assign(this, { target, random, dialect: dialects[target.kind] });
  }

  async fill() {
    // Readers keep nobody from writing then, as on a server.
    if (this.target.kind === 'sqlite') await this.target.query('PRAGMA journal_mode = WAL');
    for (const [index, table] of LEDGER.entries()) {
      await this.target.query(createTable(table));
      const rows = Array.from({ length: ROWS }, (_, i) => `(${index * ROWS + i}, ${EACH}, 'row ${i}')`);
      await this.target.query(`INSERT INTO ${table} VALUES ${rows.join(', ')}`);
    }
  }

  start() {
    this.#running = true;
    this.#sessions = Array.from({ length: SESSIONS }, () => this.#keep());
  }

  async stop() {
    this.#running = false;
    await Promise.all(this.#sessions);
    this.#sessions = [];
  }

  /** Does something while nobody changes the shape of a table, nor waits to. Rows go on changing. */
  async unshaped(work) {
    this.#quiet = true;
    try {
      while (this.#reshaping > 0) await pause(5);
      return await work();
    } finally {
      this.#quiet = false;
    }
  }

  /** What is in the database now. A table is empty where its new rows were refused after the old were gone. */
  async sum() {
    let sum = 0n;
    for (const table of LEDGER) {
      const [row] = await this.target.query(`SELECT coalesce(sum(amount), 0) AS sum FROM ${table}`);
      sum += BigInt(row.sum);
    }
    return sum;
  }

  async #keep() {
    const session = await this.target.open();
    try {
      for (const setting of this.dialect.settings) await session.query(setting);
      while (this.#running) {
        await pause(this.random() * REST_MS);
        await this.#change(session);
      }
    } finally {
      await session.end();
    }
  }

  #choose() {
    const choice = this.random();
    if (choice < 0.4) return 'move';
    return choice < 0.55 ? 'merge' : SHAPES[Math.floor(this.random() * SHAPES.length)];
  }

  async #change(session) {
    const [from, to] = this.#two();
    const name = this.#choose();
    const reshapes = SHAPES.includes(name);
    if (reshapes && this.#quiet) return;
    if (reshapes) this.#reshaping += 1;
    try {
      const work = () => this[name](session, from, to);
      await (this.dialect.atomicDdl ? work() : this.#locks.holding([from, to], work));
      this.done.set(name, (this.done.get(name) ?? 0) + 1);
    } catch (error) {
      // Locked, in a deadlock, or gone while it waited. What is always refused is missed at the end.
      this.refused += 1;
      this.lastRefusal = error.message;
      await session.query('ROLLBACK').catch(() => undefined);
    } finally {
      if (reshapes) this.#reshaping -= 1;
    }
  }

  #two() {
    const from = Math.floor(this.random() * LEDGER.length);
    const to = (from + 1 + Math.floor(this.random() * (LEDGER.length - 1))) % LEDGER.length;
    return [LEDGER[from], LEDGER[to]];
  }

  async #transaction(session, statements) {
    await session.query(this.dialect.begin);
    for (const statement of statements) await session.query(statement);
    await session.query('COMMIT');
  }

  #row(amount) {
    return `(${(this.#nextId += 1)}, ${amount}, 'row ${this.#nextId}')`;
  }

  #someAmount() {
    return Math.floor(this.random() * 10_000);
  }

  /** One amount leaves one table and comes into another. */
  async move(session, from, to) {
    const amount = this.#someAmount();
    const inserts = [
      `INSERT INTO ${from} (id, amount, memo) VALUES ${this.#row(-amount)}`,
      `INSERT INTO ${to} (id, amount, memo) VALUES ${this.#row(amount)}`,
    ];
    await this.#transaction(session, inserts);
  }

  /** Many rows of one table become one row of another. */
  async merge(session, from, to) {
    await session.query(this.dialect.begin);
    const found = await session.query(
      `SELECT id, amount FROM ${from} ORDER BY id LIMIT 40${this.dialect.forUpdate}`,
    );
    const sum = found.reduce((all, { amount }) => all + BigInt(amount), 0n);
    if (found.length > 0) {
      await session.query(`DELETE FROM ${from} WHERE id IN (${found.map(({ id }) => id).join(', ')})`);
    }
    await session.query(`INSERT INTO ${to} (id, amount, memo) VALUES ${this.#row(sum)}`);
    await session.query('COMMIT');
  }

  /** A table is emptied, and gets other rows. Where that is no transaction, what it held is elsewhere before. */
  async truncate(session, from, to) {
    const { dialect } = this;
    const pairs = Array.from({ length: ROWS / 4 }, () => this.#someAmount());
    const refill = `INSERT INTO ${from} (id, amount, memo) VALUES ${pairs
      .flatMap((amount) => [this.#row(amount), this.#row(-amount)])
      .join(', ')}`;
    await session.query(dialect.begin);
    for (const lock of dialect.lock(from, to)) await session.query(lock);
    const [{ sum }] = await session.query(`SELECT coalesce(sum(amount), 0) AS sum FROM ${from}`);
    const saved = `INSERT INTO ${to} (id, amount, memo) VALUES ${this.#row(sum)}`;
    if (dialect.atomicDdl) {
      for (const statement of [dialect.truncate(from), refill, saved]) await session.query(statement);
      return void (await session.query('COMMIT'));
    }
    for (const statement of [saved, `DELETE FROM ${from}`, 'COMMIT', dialect.truncate(from), refill]) {
      await session.query(statement);
    }
  }

  /** The table is written anew, with another type or another column. */
  async alter(session, table) {
    const { types } = this.dialect;
    if (types)
      return void (await session.query(types(table, this.random() < 0.5 ? 'numeric(20)' : 'bigint')));
    const column = `note_${(this.#nextExtra += 1)}`;
    await session.query(`ALTER TABLE ${table} ADD COLUMN ${column} text DEFAULT 'x'`);
    await session.query(`ALTER TABLE ${table} DROP COLUMN ${column}`);
  }

  /** Another table with the same rows takes the place of the table, which is dropped. */
  async replace(session, table) {
    const [next, old] = [`${table}_next`, `${table}_old`];
    const copy = `INSERT INTO ${next} (id, amount, memo) SELECT id, amount, memo FROM ${table}`;
    if (this.dialect.atomicDdl) {
      return this.#transaction(session, [
        ...this.dialect.lock(table),
        createTable(next),
        copy,
        `DROP TABLE ${table}`,
        `ALTER TABLE ${next} RENAME TO ${table}`,
      ]);
    }
    for (const statement of [
      `DROP TABLE IF EXISTS ${next}, ${old}`,
      createTable(next),
      copy,
      `RENAME TABLE ${table} TO ${old}, ${next} TO ${table}`,
      `DROP TABLE ${old}`,
    ]) {
      await session.query(statement);
    }
  }

  /** Two tables change names. */
  async swap(session, from, to) {
    if (!this.dialect.atomicDdl) {
      return void (await session.query(
        `RENAME TABLE ${from} TO swapped, ${to} TO ${from}, swapped TO ${to}`,
      ));
    }
    await this.#transaction(session, [
      ...this.dialect.lock(from, to),
      `ALTER TABLE ${from} RENAME TO swapped`,
      `ALTER TABLE ${to} RENAME TO ${from}`,
      `ALTER TABLE swapped RENAME TO ${to}`,
    ]);
  }

  /** Tables come and go that have nothing to do with the ledger. */
  async extra(session) {
    const [oldest] = this.#extras;
    if (this.#extras.size >= MOST_EXTRAS || (oldest !== undefined && this.random() < 0.5)) {
      await session.query(`DROP TABLE ${oldest}`);
      this.#extras.delete(oldest);
      return;
    }
    const name = `extra_${(this.#nextExtra += 1)}`;
    await session.query(createTable(name));
    this.#extras.add(name);
    await session.query(`INSERT INTO ${name} (id, amount, memo) VALUES ${this.#row(1)}`);
  }
}
