import type { LayerValue } from '../config/layer.js';
import type { Diagnostic, Position } from '../errors/index.js';
import type { SecretValue } from '../values/secret-value.js';
import type { SecretFault } from './fault.js';
import { displayReference, suspiciousScheme } from '../config/reference.js';

/** Where a text was written. */
export interface SecretOrigin {
  /** Path of the file as the user named it. */
  readonly file?: string;
  readonly position?: Position;
  /** Name of the environment variable. */
  readonly variable?: string;
}

/** A setting's text that may be a reference or the secret itself. */
export interface SecretSource {
  /** Path of the setting, or its database key. Unique within one call. */
  readonly key: string;
  readonly text: string;
  readonly origin: SecretOrigin;
}

/** A value of file or environment as a source. */
export function sourceOfValue({ key, text, written }: LayerValue): SecretSource {
  const origin =
    written.layer === 'file'
      ? { file: written.file, position: written.position }
      : { variable: written.variable };
  return { key: key.path, text, origin };
}

/** What became of one source. `absent`: `optional=true` was written and there is nothing. */
export type SecretResult =
  | {
      readonly source: SecretSource;
      readonly state: 'inline' | 'resolved' | 'default';
      readonly value: SecretValue;
    }
  | { readonly source: SecretSource; readonly state: 'absent' }
  | { readonly source: SecretSource; readonly state: 'failed'; readonly fault: SecretFault };

/** The finding for a reference that has no value: key, place, reference and reason, never a value. */
export function faultDiagnostic(source: SecretSource, fault: SecretFault): Diagnostic {
  return {
    code: fault.code,
    severity: 'error',
    message: `${displayReference(source.text)}: ${fault.reason}`,
    key: source.key,
    ...source.origin,
    ...(fault.hint === undefined ? {} : { hint: fault.hint }),
  };
}

/** A warning for each inline value that looks like a mistyped reference. */
export function schemeWarnings(sources: readonly SecretSource[]): Diagnostic[] {
  return sources.flatMap((source) => {
    const suspicion = suspiciousScheme(source.text);
    if (!suspicion) return [];
    const warning: Diagnostic = {
      code: 'secrets/suspicious-scheme',
      severity: 'warning',
      message: `the value begins with ${suspicion.written}, which is no reference, so it is used as the secret itself`,
      key: source.key,
      ...source.origin,
      hint: `Write ${suspicion.meant} if a reference is meant.`,
    };
    return [warning];
  });
}
