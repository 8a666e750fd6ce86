import type { SettingKey } from '../config/setting-key.js';
import type { Capabilities } from '../database/contract.js';
import { ToolError, type Diagnostic } from '../errors/index.js';
import { SECRET_MASK } from '../values/index.js';
import type { SettingsCipher } from './cipher.js';
import { decodeRows, type DecodedRow, type DecodedRows } from './decode.js';
import { isEncrypted } from './encryption.js';
import { assertKeyFits } from './foreign-rows.js';
import { foldKey } from './key.js';
import { makeKeyHint } from './key-words.js';
import { refuseFaults, type RowAction, type RowChange, type SettingsPlan } from './plan.js';
import type { RowOrigin } from '../config/precedence.js';
import { writeOf, type RowWrite, type StoredRow } from './row.js';
import { isHiddenRow, shownValue } from '../redact/index.js';
import type { SettingsTable } from './store.js';

/** Everything that a plan is made from, beside what the operator asks for. */
export interface PlanContext {
  readonly table: SettingsTable;
  readonly cipher: SettingsCipher;
  readonly capabilities: Pick<Capabilities, 'caseInsensitiveKeys'>;
  readonly now: Date;
  /** True when `auth.build_mode` is production: secrets are then never stored in plain text. */
  readonly production: boolean;
  readonly allowPlaintextSecrets: boolean;
}

/** What a row is to say about itself beside its value. */
export interface RowMarks {
  readonly origin: RowOrigin | null;
  readonly modifiedAt: Date | string;
  readonly modifiedBy: string | null;
  readonly description: string | null;
  readonly type: string;
}

/** A plan in the making: the table as it will stand, and the changes that lead there. */
export class PlanDraft {
  readonly decoded: DecodedRows;
  readonly faults: Diagnostic[] = [];
  readonly #changes: RowChange[] = [];
  readonly #writes: RowWrite[] = [];
  readonly #deletes: string[] = [];
  readonly #after = new Map<string, string>();
  #stores = false;

  constructor(readonly context: PlanContext) {
    const { table, cipher, capabilities } = context;
    this.decoded = decodeRows(table, cipher, capabilities);
    for (const [key, row] of this.decoded.rows) if (row.text !== '') this.#after.set(key, row.text);
    // A row that cannot be read holds something, whatever it is.
    for (const key of this.decoded.unreadable.keys()) this.#after.set(key, SECRET_MASK);
  }

  #fold(key: string): string {
    return foldKey(key, this.context.capabilities);
  }

  /** The row in the clear; undefined when there is none, and when it cannot be read. */
  row(key: string): DecodedRow | undefined {
    return this.decoded.rows.get(this.#fold(key));
  }

  stored(key: string): StoredRow | undefined {
    return this.context.table.get(key);
  }

  /** The values as they will stand, by folded key. */
  get after(): ReadonlyMap<string, string> {
    return this.#after;
  }

  #record(
    key: SettingKey,
    action: RowAction,
    change: Pick<RowChange, 'after' | 'origin' | 'encrypted'>,
  ): void {
    const before = shownValue(this.row(key.key)?.text, isHiddenRow(key.key));
    this.#changes.push({ key: key.key, action, secret: key.secret, before, ...change });
  }

  #seal(key: SettingKey, text: string): string | undefined {
    const { cipher, now } = this.context;
    this.#stores = true;
    try {
      return cipher.seal(text, now);
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      const { code, message, hint } = error;
      const fault: Diagnostic = { code, severity: 'error', message: `${key.key}: ${message}`, key: key.key };
      this.faults.push(hint === undefined ? fault : { ...fault, hint });
      return undefined;
    }
  }

  /** True for a secret without a key to encrypt it with, which is then a finding unless it is allowed. */
  #refusePlaintext(key: SettingKey): boolean {
    const { cipher, production, allowPlaintextSecrets } = this.context;
    if (!key.secret || cipher.canEncrypt || (allowPlaintextSecrets && !production)) return false;
    const way = production
      ? 'auth.build_mode is production, so there is no way around it.'
      : 'Or pass --allow-plaintext-secrets for a server that is not in production.';
    this.faults.push({
      code: 'settings/plaintext-secret',
      severity: 'error',
      message: `${key.key} is a secret and would be stored in plain text: no encryption key is configured`,
      key: key.key,
      hint: `${makeKeyHint(cipher.home)} ${way}`,
    });
    return true;
  }

  /** Writes a row whose value is new, or a row that is new. */
  write(key: SettingKey, text: string, marks: RowMarks): void {
    const row = this.stored(key.key);
    const stored = this.#seal(key, text);
    if (stored === undefined || this.#refusePlaintext(key)) return;
    this.#writes.push({ key: row?.key ?? key.key, stored, ...marks });
    this.#after.set(this.#fold(key.key), text);
    const origin = this.context.table.hasOrigin ? marks.origin : null;
    const after = shownValue(text, isHiddenRow(key.key));
    this.#record(key, row ? 'replace' : 'insert', { after, origin, encrypted: isEncrypted(stored) });
  }

  /**
   * Keeps a row's value and gives it other marks; those left out stay as they are. A secret that stands in plain text
   * is encrypted on the way when there is a key. Nothing is written when nothing differs.
   */
  keep(key: SettingKey, row: DecodedRow, marks: Partial<RowMarks>): void {
    const encrypt = key.secret && !row.encrypted && this.context.cipher.canEncrypt;
    const stored = encrypt ? this.#seal(key, row.text) : row.stored.stored;
    if (stored === undefined) return;
    const old = writeOf(row.stored);
    const write: RowWrite = { ...old, ...marks, stored };
    const origin = this.context.table.hasOrigin ? (marks.origin ?? row.stored.origin) : null;
    const marked = (Object.keys(marks) as (keyof RowMarks)[]).some(
      (name) => (name !== 'origin' || this.context.table.hasOrigin) && marks[name] !== old[name],
    );
    if (marked || encrypt) this.#writes.push(write);
    const after = shownValue(row.text, isHiddenRow(key.key));
    const action = marked || encrypt ? 'mark' : 'unchanged';
    this.#record(key, action, { after, origin, encrypted: encrypt || row.encrypted });
  }

  /** Takes a row away. */
  delete(key: SettingKey): void {
    const row = this.stored(key.key);
    if (row) this.#deletes.push(row.key);
    this.#after.delete(this.#fold(key.key));
    this.#record(key, row ? 'delete' : 'unchanged', { after: undefined, origin: null, encrypted: false });
  }

  /** The changes so far, for a look at them on the way. */
  get plan(): SettingsPlan {
    return { changes: this.#changes, writes: this.#writes, deletes: this.#deletes };
  }

  /**
   * The plan, when nothing speaks against it.
   * @param options.replaceUnreadable the operator said that values are replaced whatever they are
   * @throws ToolError `settings/cannot-decrypt` when it stores values beside rows of a key that is not at hand; every
   * finding else
   */
  finish({ replaceUnreadable = false }: { readonly replaceUnreadable?: boolean } = {}): SettingsPlan {
    if (this.#stores) {
      const { table, cipher } = this.context;
      const replaced = new Set(replaceUnreadable ? this.#writes.map(({ key }) => key) : []);
      assertKeyFits(table, this.decoded, cipher, { deleted: new Set(this.#deletes), replaced });
    }
    refuseFaults(this.faults);
    return this.plan;
  }
}
