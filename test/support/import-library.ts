import { readEnvironment } from '../../src/config/environment.js';
import { readConfigFile } from '../../src/config/files/read.js';
import { parseYaml, type YamlDocument } from '../../src/config/yaml/parse.js';
import { connectDatabase } from '../../src/database/connect.js';
import type { Database } from '../../src/database/contract.js';
import { applyImport, type ApplyInputs, type ImportResult } from '../../src/legacy/apply.js';
import type { PlanOptions } from '../../src/legacy/plan.js';
import { planImport } from '../../src/legacy/plan-import.js';
import { readFileSource } from '../../src/legacy/read-source.js';
import { planSidecars } from '../../src/legacy/target.js';
import { SettingsCipher } from '../../src/settings/cipher.js';
import { readSettings } from '../../src/settings/store.js';
import { SecretValue } from '../../src/values/index.js';

export interface LibraryImport {
  /** Absolute path of the file. */
  readonly file: string;
  readonly url: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly options?: Partial<PlanOptions>;
  readonly now?: Date;
  /** 64 hex characters; without it rows are plain. */
  readonly key?: string;
}

/** An import that is planned and not yet carried out. */
export interface Prepared {
  readonly database: Database;
  readonly document: YamlDocument;
  readonly inputs: ApplyInputs;
}

/** Plans an import in place through the library, for tests that look between its steps. Close the database after. */
export async function prepareImport(request: LibraryImport): Promise<Prepared> {
  const now = request.now ?? new Date('2026-11-21T07:45:00.000Z');
  const file = await readConfigFile(request.file, '/');
  const document = parseYaml(file.bytes, file.name);
  const source = readFileSource(document, readEnvironment(request.env ?? {}));
  const target = { kind: 'in-place' } as const;
  const sidecars = await planSidecars(file, target, true, process.getuid?.());
  const cipher = SettingsCipher.from(
    request.key === undefined ? {} : { current: new SecretValue(request.key) },
  );
  const database = await connectDatabase({ url: new SecretValue(request.url) });
  const table = await readSettings(database);
  const built = planImport({
    source,
    options: {
      server: 'documented',
      onConflict: undefined,
      shadowed: undefined,
      allowPlaintextSecrets: true,
      ...request.options,
    },
    table,
    cipher,
    capabilities: database.capabilities,
    production: false,
    now,
  });
  const { rows } = built;
  const signal = new AbortController().signal;
  const onStep = (): void => undefined;
  const tool = 'tmi-dbtool test';
  const keepsReceipt = true;
  const dropsAttributes = false;
  const onNotice = (): void => undefined;
  return {
    database,
    document,
    inputs: {
      built,
      database,
      table,
      rows,
      cipher,
      file,
      target,
      sidecars,
      uid: process.getuid?.(),
      tool,
      now,
      signal,
      onStep,
      keepsReceipt,
      dropsAttributes,
      onNotice,
    },
  };
}

/** Carries a prepared import out, and closes its connection. */
export async function carryOut(
  { database, inputs }: Prepared,
  onStep: ApplyInputs['onStep'] = inputs.onStep,
): Promise<ImportResult> {
  try {
    return await applyImport({ ...inputs, onStep });
  } finally {
    await database.close();
  }
}
