import type { DatabaseType } from '../values/types.js';
import { legacyPaths } from './legacy-names.js';
import { settingByDatabaseKey, settingByPath } from './lookup.js';
import { providerFamilies, settings } from './settings.js';

interface SecretNames {
  readonly keys: ReadonlySet<string>;
  readonly providerFields: ReadonlySet<string>;
}

function build(): SecretNames {
  const keys = settings.flatMap((s) => (s.secret && s.databaseKey !== null ? [s.databaseKey] : []));
  // Rows under names of earlier releases hold the same secrets.
  const former = legacyPaths.flatMap(({ old, now }) =>
    now !== null && settingByPath(now)?.secret ? [old] : [],
  );
  const fields = providerFamilies.flatMap((family) => family.fields.filter((field) => field.secret));
  return { keys: new Set([...keys, ...former]), providerFields: new Set(fields.map((field) => field.name)) };
}

let built: SecretNames | undefined;

/**
 * True when a row of `system_settings` holds a secret: settings marked secret, and the secret fields under any of
 * the three provider prefixes, whatever the provider's id. Case is ignored, since some databases ignore it in keys
 * and a secret shown by mistake cannot be taken back.
 */
export function isSecretKey(databaseKey: string): boolean {
  const { keys, providerFields } = (built ??= build());
  const key = databaseKey.toLowerCase();
  if (keys.has(key)) return true;
  return (
    providerFamilies.some((family) => key.startsWith(`${family.path}.`)) &&
    providerFields.has(key.slice(key.lastIndexOf('.') + 1))
  );
}

/** Column `setting_type` of a key; undefined when no server knows the key. */
export function databaseKeyType(databaseKey: string): DatabaseType | undefined {
  const match = settingByDatabaseKey(databaseKey);
  if (match?.kind === 'provider-field') return match.field.databaseType;
  return match?.setting.databaseType ?? undefined;
}
