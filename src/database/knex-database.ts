import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { ToolError } from '../errors/index.js';
import type {
  Capabilities,
  Database,
  DatabaseSession,
  DatabaseTarget,
  DropOptions,
  StatementListener,
} from './contract.js';
import type { Dialect, HeldLock, SessionForLock } from './dialects/dialect.js';
import { faultError } from './faults.js';
import type { MissingRight, NeededRights } from './rights.js';
import { createSession, type SessionContext } from './session.js';
import { defaultSchemaOf, describeTarget, nameTarget } from './target.js';
import type { Traffic } from './traffic.js';
import { shortly } from './watch.js';

/** How often a transaction is tried that others get in the way of, and how long to stay out of theirs in between. */
const TRANSACTION_ATTEMPTS = 4;
const CONFLICT_PAUSE_MS = 50;

/** A database behind its one connection: transactions, snapshots, locks, and what ends with them. */
export class KnexDatabase implements Database {
  readonly target: DatabaseTarget;
  readonly #dialect: Dialect;
  readonly #traffic: Traffic;
  readonly #root: Knex;
  readonly #context: SessionContext;
  #session: DatabaseSession;
  #ready: Promise<SessionForLock | undefined> | undefined;

  constructor(dialect: Dialect, target: DatabaseTarget, traffic: Traffic, root: Knex) {
    this.target = target;
    this.#dialect = dialect;
    this.#traffic = traffic;
    this.#root = root;
    this.#context = {
      target,
      translate: (error) => traffic.translate(error),
      guard: (work) => traffic.guardStream(work),
    };
    this.#session = createSession(dialect, root, false, this.#context);
  }

  /** There is one connection, so while a transaction runs every statement is part of it. */
  get knex(): Knex {
    return this.#session.knex;
  }

  get capabilities(): Capabilities {
    return this.#dialect.capabilities;
  }

  get instants(): DatabaseSession['instants'] {
    return this.#dialect.schema.instants;
  }

  get transfer(): DatabaseSession['transfer'] {
    return this.#session.transfer;
  }

  get inTransaction(): boolean {
    return this.#session.inTransaction;
  }

  get roundTrips(): number {
    return this.#traffic.roundTrips;
  }

  onQuery(listener: StatementListener): void {
    this.#traffic.listeners.push(listener);
  }

  describe(): string {
    return describeTarget(this.target);
  }

  readTable(...args: Parameters<DatabaseSession['readTable']>): ReturnType<DatabaseSession['readTable']> {
    return this.#session.readTable(...args);
  }

  hasTable(table: string): Promise<boolean> {
    return this.#session.hasTable(table);
  }

  createTable(...args: Parameters<DatabaseSession['createTable']>): Promise<void> {
    return this.#session.createTable(...args);
  }

  createFilledTable(...args: Parameters<DatabaseSession['createFilledTable']>): Promise<void> {
    return this.#session.createFilledTable(...args);
  }

  upsert(...args: Parameters<DatabaseSession['upsert']>): Promise<void> {
    return this.#session.upsert(...args);
  }

  deleteRows(...args: Parameters<DatabaseSession['deleteRows']>): Promise<void> {
    return this.#session.deleteRows(...args);
  }

  #assertOutside(): void {
    if (this.inTransaction)
      throw new ToolError('internal/unexpected', 'A transaction was begun inside of another');
  }

  /** A lock that went with its session protects nothing any more; another run may be at work. */
  #assertLocked(): void {
    if (!this.#traffic.hasLostLock) return;
    throw faultError({ fault: 'lock-lost', engineCode: undefined }, this.target);
  }

  async #statements(statements: readonly string[]): Promise<void> {
    for (const statement of statements) await this.#root.raw(statement);
  }

  async snapshot<T>(work: (session: DatabaseSession) => Promise<T>): Promise<T> {
    this.#assertOutside();
    const outside = this.#session;
    try {
      this.#traffic.isInTransaction = true;
      const assertUnchanged = await this.#dialect.transfer.beginSnapshot(this.#root, this.target);
      this.#session = createSession(this.#dialect, this.#root, true, this.#context);
      const result = await work(this.#session);
      await assertUnchanged();
      return result;
    } finally {
      this.#session = outside;
      await shortly(this.#dialect.transfer.endBeside?.(this.#root));
      // The connection may be gone, and the transaction with it.
      await this.#statements(this.#dialect.transfer.snapshotEnd ?? ['rollback']).catch(() => undefined);
      this.#traffic.isInTransaction = false;
    }
  }

  async load<T>(...[tables, circular, work, tolerated = []]: Parameters<Database['load']>): Promise<T> {
    this.#assertOutside();
    const { transfer } = this.#dialect;
    await this.#statements(transfer.beforeLoad);
    try {
      // What fills tables comes from a stream, which is read once.
      return await this.#transactionOnce(async (session) => {
        const settle = await transfer.prepareLoad(session.knex, tables, circular, tolerated);
        const result = (await work(session)) as T;
        await settle();
        return result;
      });
    } finally {
      await this.#statements(transfer.afterLoad).catch(() => undefined);
    }
  }

  async dropAll({ signal, onDropped, before }: DropOptions = {}): Promise<void> {
    this.#assertOutside();
    const { transfer, capabilities } = this.#dialect;
    let begun = 0;
    // Each that came before is done by the time that the next begins.
    const onStatement = (): void => {
      if (begun > 0) onDropped?.();
      signal?.throwIfAborted();
      begun += 1;
    };
    await this.#statements(transfer.beforeLoad);
    try {
      if (capabilities.transactionalDdl) {
        await this.#transactionOnce(async (session) => {
          if (before) {
            const { tables } = await session.transfer.inspect();
            const names = tables.map(({ name }) => name);
            await transfer.prepareLoad(session.knex, names, [], undefined);
            await before(session);
          }
          await transfer.dropAll(session.knex, onStatement);
        });
      } else {
        if (before && transfer.holdForDrop) {
          await transfer.holdForDrop(this.#root);
          await before(this.#session);
        } else if (before) await this.snapshot(before);
        await transfer.dropAll(this.#root, onStatement);
      }
      if (begun > 0) onDropped?.();
    } finally {
      await this.#statements(transfer.afterLoad).catch(() => undefined);
    }
  }

  async droppable(): Promise<readonly string[]> {
    return this.#dialect.transfer.droppable(this.knex);
  }

  get defaultSchema(): string | undefined {
    return defaultSchemaOf(this.target);
  }

  /** Another transaction may be in the way only for a moment. */
  async transaction<T>(work: (session: DatabaseSession) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#transactionOnce(work);
      } catch (error) {
        const isConflict = error instanceof ToolError && error.code === 'database/conflict';
        if (!isConflict || attempt === TRANSACTION_ATTEMPTS) throw error;
        await sleep(attempt * randomInt(CONFLICT_PAUSE_MS, 2 * CONFLICT_PAUSE_MS));
      }
    }
  }

  async #transactionOnce<T>(work: (session: DatabaseSession) => Promise<T>): Promise<T> {
    this.#assertOutside();
    const outside = this.#session;
    let fault: { readonly error: unknown } | undefined;
    try {
      return await this.#root.transaction(async (knex) => {
        this.#session = createSession(this.#dialect, knex, true, this.#context);
        this.#traffic.isInTransaction = true;
        try {
          this.#assertLocked();
          const result = await work(this.#session);
          this.#assertLocked();
          this.#traffic.watch.assertWanted();
          // From here on it is the database's to say what became of it.
          this.#traffic.watch.isInterruptible = false;
          return result;
        } catch (error) {
          fault = { error };
          throw error;
        }
      });
    } catch (error) {
      // Where the fault has rolled back by itself, as a full disk does, the rollback fails: not that is to be told.
      throw fault ? fault.error : error;
    } finally {
      this.#traffic.isInTransaction = false;
      this.#session = outside;
    }
  }

  prepareLock(): void {
    // What stands in the way is found again by the lock itself, which says so.
    this.#ready ??= this.#dialect.openForLock?.(this.#root).catch(() => undefined);
  }

  /** The session that was opened for a lock, once; none that has ended meanwhile. */
  async #takeReady(): Promise<SessionForLock | undefined> {
    const session = await this.#ready;
    this.#ready = undefined;
    if (!session?.isLost()) return session;
    await session.close();
    return undefined;
  }

  async lock(name: string): Promise<void> {
    if (this.#traffic.locks.has(name)) return;
    const take = async (): Promise<HeldLock | undefined> =>
      this.#dialect.takeLock(this.#root, this.target, name, await this.#takeReady());
    const taken = this.#traffic.watch.guard(take, {
      sever: () => this.#traffic.severAll(),
    });
    const lock = await taken.catch((error: unknown) => {
      throw this.#traffic.translate(error);
    });
    if (!lock) {
      throw new ToolError(
        'database/locked',
        `Another run of the tool is working on this database (${nameTarget(this.target)})`,
        { hint: 'Wait until it has ended. A run that was killed holds no lock any more.' },
      );
    }
    this.#traffic.locks.set(name, lock);
  }

  isLocked(name: string): Promise<boolean> {
    return this.#dialect.isLocked(this.#root, this.target, name);
  }

  missingRights(needs: readonly NeededRights[]): Promise<readonly MissingRight[]> {
    return this.#dialect.missingRights(this.#root, this.target, needs);
  }

  encryption(): Promise<string | undefined> {
    return this.#dialect.encryption(this.#root);
  }

  async serverIdentity(): Promise<string | undefined> {
    // Some servers tell their administrators alone; then addresses have to do.
    return this.#dialect.serverIdentity?.(this.#root).catch(() => undefined);
  }

  shownType(declared: string): string {
    return this.#dialect.shownType(declared);
  }

  async close(): Promise<void> {
    // A server that went silent would not say that it let go.
    await shortly(this.#takeReady().then((session) => session?.close()));
    for (const lock of this.#traffic.locks.values()) await shortly(lock.release());
    this.#traffic.locks.clear();
    // The server frees the session's locks with the connection.
    await shortly(this.#root.destroy());
    this.#traffic.severAll();
  }
}
