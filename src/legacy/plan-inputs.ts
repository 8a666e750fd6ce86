import type { EnvironmentLayer } from '../config/environment.js';
import type { YamlDocument } from '../config/yaml/parse.js';
import type { Diagnostic } from '../errors/index.js';
import type { OlderVariables } from './older-variables.js';
import type { SettingsCipher } from '../settings/cipher.js';
import type { DecodedRow } from '../settings/decode.js';
import type { PlanOptions, Shadow } from './plan.js';
import type { FileRename, Remark, Statement } from './statement.js';

/** Everything a plan is made from. Nothing here is read again later without a check that it is still the same. */
export interface PlanInputs {
  readonly options: PlanOptions;
  /** The file, or undefined when the environment is imported. */
  readonly document: YamlDocument | undefined;
  /** What the source says, with references resolved. */
  readonly statements: readonly Statement[];
  readonly remarks: readonly Remark[];
  readonly renames: readonly FileRename[];
  /** What is wrong without stopping the import. */
  readonly doubts: readonly Diagnostic[];
  /** The environment, with references in secrets resolved. */
  readonly environment: EnvironmentLayer;
  /** Variables that only servers of earlier releases read. */
  readonly older: OlderVariables;
  /** Parts of the file's address of the database that such variables override. */
  readonly addressShadows: readonly Shadow[];
  readonly table: { readonly exists: boolean; readonly hasOrigin: boolean };
  /** With their texts in normal form. */
  readonly rows: ReadonlyMap<string, DecodedRow>;
  /** Keys of rows that cannot be decrypted. */
  readonly unreadable: ReadonlySet<string>;
  readonly cipher: SettingsCipher;
  /** True when `auth.build_mode` is production. */
  readonly production: boolean;
  readonly now: Date;
}
