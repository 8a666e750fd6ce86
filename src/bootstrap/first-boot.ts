import { connectDatabase, type ConnectDatabaseOptions } from '../database/index.js';
import type { ServerModel } from '../config/precedence.js';
import { changeSettings } from '../settings/change.js';
import type { SettingsCipher } from '../settings/cipher.js';
import { decodeRows } from '../settings/decode.js';
import { assertKeyOpensSome } from '../settings/foreign-rows.js';
import { planSeed } from '../settings/seed.js';
import { markServer } from '../settings/stamp.js';
import { readSettings } from '../settings/store.js';
import type { SecretValue } from '../values/index.js';

export interface FirstBootInputs {
  readonly url: SecretValue;
  /** What may complete the URL. */
  readonly connection: Pick<ConnectDatabaseOptions, 'environment' | 'walletLocation'>;
  readonly cipher: SettingsCipher;
  readonly production: boolean;
  /** Whose precedence the server follows: what it marks the database with. */
  readonly model: ServerModel;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

/**
 * Makes sure that there is a table of settings, filled with the defaults when it holds no row at all. Servers that
 * start together do it once: the lock of the runs that write is held for as long as this connection lives.
 *
 * A server that was started without the key of its rows is stopped here: else it would find out setting by setting.
 * @returns the number of rows that were written
 * @throws ToolError `settings/cannot-decrypt`, naming the key that the rows want
 */
export async function seedOnFirstBoot(inputs: FirstBootInputs): Promise<number> {
  const { url, connection, cipher, production, model, now, signal } = inputs;
  const database = await connectDatabase({ url, ...connection });
  try {
    const found = await readSettings(database);
    if (found.rows.size > 0) {
      const decoded = decodeRows(found, cipher, database.capabilities);
      assertKeyOpensSome(found, decoded, cipher, 'the server was not started');
      await markServer(database, model);
      return 0;
    }
    const { writes } = await changeSettings({
      database,
      existing: 'keep',
      signal,
      plan: (table) =>
        planSeed(
          {
            table,
            cipher,
            capabilities: database.capabilities,
            now: now(),
            production,
            allowPlaintextSecrets: false,
          },
          { ifEmpty: true },
        ),
    });
    await markServer(database, model);
    return writes.length;
  } finally {
    await database.close();
  }
}
