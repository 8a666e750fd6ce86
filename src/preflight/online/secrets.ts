import { ToolError, type Diagnostic } from '../../errors/index.js';
import {
  createSecrets,
  faultDiagnostic,
  isReference,
  loadEncryptionKeys,
  statedSecretsBlock,
  type Secrets,
  type SecretSource,
} from '../../secrets/index.js';
import { SettingsCipher } from '../../settings/cipher.js';
import type { SecretValue } from '../../values/index.js';
import type { Configuration, Value } from '../configuration.js';
import type { Report } from '../finding.js';
import type { OnlineInputs } from './inputs.js';

/** The secrets of a configuration, as far as they could be had. */
export interface ResolvedSecrets {
  /** What references lead to, by path. */
  readonly values: ReadonlyMap<string, SecretValue>;
  /** Opens rows of the settings table; undefined when a key is malformed or could not be asked for. */
  readonly cipher: SettingsCipher | undefined;
  readonly reports: Readonly<
    Record<'secrets-unavailable' | 'reference-unresolved' | 'encryption-key-invalid', Report[]>
  >;
}

function sourceOf({ key, text, place }: Value): SecretSource {
  return { key: key.path, text, origin: place };
}

function reportOf({ message, file, position, variable, key, hint }: Omit<Diagnostic, 'code'>): Report {
  return {
    message,
    ...(file === undefined ? {} : { file }),
    ...(position === undefined ? {} : { position }),
    ...(variable === undefined ? {} : { variable }),
    ...(key === undefined ? {} : { key }),
    ...(hint === undefined ? {} : { hint }),
  };
}

/** A report for each finding of an error, or one for the error itself. */
function reportsOf(error: unknown): Report[] {
  if (!(error instanceof ToolError) || error.code === 'internal/interrupted') throw error;
  if (error.diagnostics.length > 0) return error.diagnostics.map(reportOf);
  return [{ message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) }];
}

async function resolveAll(
  secrets: Secrets,
  configuration: Configuration,
): Promise<{ values: Map<string, SecretValue>; failed: Report[] }> {
  const sources = configuration.allWritten
    .filter(({ key, text }) => key.secret && isReference(text) && !key.path.startsWith('secrets.'))
    .map(sourceOf);
  const results = await secrets.tryResolve(sources);
  const values = new Map<string, SecretValue>();
  const failed: Report[] = [];
  for (const result of results) {
    if (result.state === 'failed') failed.push(reportOf(faultDiagnostic(result.source, result.fault)));
    else if ('value' in result) values.set(result.source.key, result.value);
  }
  return { values, failed };
}

/** Resolves every reference of a configuration, and asks for the keys of the settings table. Throws only when cancelled. */
export async function resolveSecrets(
  configuration: Configuration,
  inputs: OnlineInputs,
): Promise<ResolvedSecrets> {
  const reports: ResolvedSecrets['reports'] = {
    'secrets-unavailable': [],
    'reference-unresolved': [],
    'encryption-key-invalid': [],
  };
  let secrets: Secrets;
  try {
    secrets = await createSecrets({
      secretsBlock: statedSecretsBlock((path) => configuration.stated(path)),
      environment: configuration.environment,
      baseDirectory: inputs.baseDirectory,
      allowPlainHttp: inputs.allowPlainHttp ?? false,
      ...(inputs.signal ? { signal: inputs.signal } : {}),
    });
  } catch (error) {
    reports['secrets-unavailable'].push(...reportsOf(error));
    return { values: new Map(), cipher: undefined, reports };
  }
  try {
    const { values, failed } = await resolveAll(secrets, configuration);
    reports['reference-unresolved'].push(...failed);
    let cipher: SettingsCipher | undefined;
    try {
      cipher = SettingsCipher.from(await loadEncryptionKeys(secrets));
    } catch (error) {
      const malformed = error instanceof ToolError && error.code === 'settings/encryption-key-invalid';
      reports[malformed ? 'encryption-key-invalid' : 'secrets-unavailable'].push(...reportsOf(error));
    }
    return { values, cipher, reports };
  } finally {
    await secrets.close();
  }
}
