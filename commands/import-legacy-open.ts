import path from 'node:path';
import { readEnvironment } from '../src/config/environment.js';
import type { Database } from '../src/database/index.js';
import { ToolError } from '../src/errors/index.js';
import { overridingPartsOf, refuseUnclearAddress } from '../src/legacy/older-address.js';
import { olderVariablesOf } from '../src/legacy/older-variables.js';
import {
  readEnvironmentSource,
  readFileSource,
  resolveStoredSecrets,
  type ImportSource,
} from '../src/legacy/read-source.js';
import type { ReadinessInputs } from '../src/legacy/readiness.js';
import type { RewriteTarget } from '../src/legacy/target.js';
import type { SettingsCipher } from '../src/settings/cipher.js';
import { loadFile, type Context, type LoadedFile } from './context.js';
import type { ImportLegacyOptions } from './import-legacy-options.js';
import { endWithoutPlan, orFurther, planPlaces } from './import-legacy-readiness.js';
import { chooseTarget, type ChosenTarget } from './import-legacy-target.js';
import type { Io } from './io.js';
import { statedServer } from './stated-server.js';

/** The file to import: the one named, else the configuration itself, which before 1.4.0 held everything. */
export async function loadInput(options: ImportLegacyOptions, io: Io): Promise<LoadedFile | undefined> {
  if (options.fromEnv) return undefined;
  const name = options.file ?? options.inputFile ?? options.config;
  if (name === undefined) {
    throw new ToolError('usage/missing-input', 'No file is named', {
      hint: 'tmi-dbtool import-legacy config-production.yml --dry-run, or --from-env for an app without a file.',
    });
  }
  const loaded = await loadFile(name, io);
  if (loaded.document.isEmpty) {
    throw new ToolError('config/empty-file', `${name} is empty: there is nothing to import`);
  }
  return loaded;
}

/** Where the rewritten file goes. */
export async function targetOf(options: ImportLegacyOptions, context: Context): Promise<RewriteTarget> {
  if (options.output !== undefined) {
    return {
      kind: 'output',
      name: options.output,
      path: path.resolve(context.io.cwd, options.output),
      overwrite: options.overwrite ?? false,
      inUse: await context.filesInUse(),
    };
  }
  return { kind: options.rewrite === false || options.fromEnv ? 'none' : 'in-place' };
}

function readSource(
  { env }: Pick<Io, 'env'>,
  input: LoadedFile | undefined,
  shadowed: ImportLegacyOptions['shadowed'],
): ImportSource {
  const environment = readEnvironment(env);
  if (!input) return readEnvironmentSource(environment);
  const source = readFileSource(input.document, environment, olderVariablesOf(env), shadowed);
  refuseUnclearAddress(source.addressShadows, input.file.name);
  return source;
}

/** All that a plan is made from but the rows. */
export interface Opened {
  readonly source: ImportSource;
  readonly cipher: SettingsCipher;
  readonly database: Database;
  readonly found: ChosenTarget;
  /** What would stop a dry run's files. */
  readonly stops: readonly ToolError[];
  readonly circumstances: Omit<ReadinessInputs, 'plan' | 'table' | 'cipher' | 'database'>;
}

/** What an import begins with. */
export interface OpeningInputs {
  readonly options: ImportLegacyOptions;
  readonly io: Io;
  readonly context: Context;
  /** Undefined with `--from-env`. */
  readonly input: LoadedFile | undefined;
}

/**
 * Reads the source, finds the place of the files, the key and the database. A dry run that cannot have one of them says
 * what else would stop the run.
 * @throws ToolError with the code of what the run would meet first
 */
export async function openImport(
  { options, io, context, input }: OpeningInputs,
  target: RewriteTarget,
): Promise<Opened> {
  const dryRun = options.dryRun ?? false;
  const faults: ToolError[] = [];
  // Which database is meant must be clear before any is connected to.
  const isClear = overridingPartsOf(io.env).size === 0;
  const read = await orFurther(() => readSource(io, input, options.shadowed), faults, dryRun && isClear);
  const found = await chooseTarget(context, {
    other: options.otherDatabase ?? false,
    anyFile: options.historical ?? false,
  });
  const source =
    read && (await orFurther(() => resolveStoredSecrets(read, () => context.secrets()), faults, dryRun));
  const { sidecars, stops } = await planPlaces({
    file: input?.file,
    target,
    wantsBackup: options.backup !== false,
    uid: io.uid,
    dryRun,
  });
  faults.push(...stops);
  const cipher = await orFurther(() => context.cipher(), faults, dryRun);
  const database = await orFurther(
    () => context.database({ readOnly: dryRun, waitSeconds: options.wait }),
    faults,
    dryRun,
  );
  const circumstances = {
    file: input?.file,
    target,
    sidecars,
    keepsReceipt: options.backup !== false,
    production: await context.isProduction(),
    asksServer: statedServer(options, io, input?.document) === undefined,
    uid: io.uid,
    now: io.now(),
  };
  if (!source || !cipher || !database) return endWithoutPlan(faults, database, circumstances);
  return { source, cipher, database, found, stops, circumstances };
}
