import { keyOfLookup } from '../config/setting-key.js';
import type { Diagnostic } from '../errors/index.js';
import type { Finding } from '../preflight/finding.js';
import { lookupPath } from '../registry/index.js';

/** What a server refuses to start with. Everything else that validation knows is advice. */
const refusedAtStart: ReadonlySet<string> = new Set([
  'invalid-value',
  'invalid-variable',
  'not-a-block',
  'required-setting',
  'build-mode-unknown',
  'vault-in-secrets-block',
  'reference-malformed',
  'secrets-provider-incomplete',
  'jwt-secret-default',
  'jwt-secret-reused',
  'jwt-key-files',
  'tls-files-missing',
  'cors-wildcard',
  'cors-origin-invalid',
  'redis-incomplete',
  'provider-incomplete',
  'provider-subject-claim',
  'content-token-key',
  'content-source-incomplete',
  'secrets-unavailable',
  'encryption-key-invalid',
]);

/**
 * A reference that has no value stops a server when it needs the value to start. A setting of the database may still
 * get its value from a row, so it fails when somebody asks for it.
 */
function stopsServer({ rule, severity, key }: Finding): boolean {
  if (severity !== 'error') return false;
  if (rule !== 'reference-unresolved') return refusedAtStart.has(rule);
  return key === undefined || keyOfLookup(lookupPath(key.split('.')))?.operational !== true;
}

/** The findings that a server must not start with, as diagnostics that name the rule, and the rest. */
export function splitFindings(findings: readonly Finding[]): {
  readonly faults: readonly Diagnostic[];
  readonly advice: readonly Finding[];
} {
  const faults = findings.filter(stopsServer).map(({ rule, message, found, expected, ...rest }) => {
    const facts = [
      ...(found === undefined ? [] : [`found ${found}`]),
      ...(expected === undefined ? [] : [`expected ${expected}`]),
    ];
    const said = facts.length === 0 ? message : `${message}: ${facts.join(', ')}`;
    return { ...rest, code: 'bootstrap/refused' as const, message: `${said} [${rule}]` };
  });
  return { faults, advice: findings.filter((finding) => !stopsServer(finding)) };
}
