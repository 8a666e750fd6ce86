import { isReadableOnTheWay, parseUrl } from '../../secrets/http/address.js';
import { isLiteral } from '../addresses.js';
import type { Configuration } from '../configuration.js';
import type { Report } from '../finding.js';
import { always, type Rule } from '../rule.js';

/** By provider: where its address is written, a setting before variables of the vendor's own. */
const addresses: Readonly<
  Record<string, { readonly setting?: string; readonly variables: readonly string[] }>
> = {
  aws: { variables: ['AWS_ENDPOINT_URL_SECRETS_MANAGER', 'AWS_ENDPOINT_URL'] },
  azure: { setting: 'secrets.azure_vault_url', variables: [] },
  gcp: { variables: ['CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER'] },
  oci: { variables: ['OCI_CLI_ENDPOINT'] },
  vault: { setting: 'secrets.vault_address', variables: ['VAULT_ADDR'] },
};

const report = (name: string): Omit<Report, 'found'> => ({
  message: `${name} sends the token and the secrets over plain http`,
  expected: 'an https address',
  hint: 'Use https. Where the network is safe: --allow-plain-http, or TMI_DBTOOL_ALLOW_PLAIN_HTTP=1.',
});

function isPlain(text: string): boolean {
  const url = isLiteral(text) ? parseUrl(text) : undefined;
  return url !== undefined && isReadableOnTheWay(url);
}

function* check(configuration: Configuration): Iterable<Report> {
  const { setting, variables = [] } = addresses[configuration.text('secrets.provider')] ?? {};
  const written = setting === undefined ? undefined : configuration.written(setting);
  if (written && written.text !== '') {
    if (isPlain(written.text)) yield { ...written.place, key: written.key.path, ...report(written.key.path) };
    return;
  }
  const variable = variables.find((name) => (configuration.environment[name] ?? '') !== '');
  if (variable !== undefined && isPlain(configuration.environment[variable] ?? '')) {
    yield { variable, ...report(variable) };
  }
}

export const secretsOverHttp: Rule = {
  id: 'secrets-over-http',
  tier: 'rules',
  severity: always('warning'),
  summary: 'The secrets provider is asked over plain HTTP',
  why: 'The token goes out, and every secret comes back, as text that anybody on the way reads. The tool sends neither beyond its own machine unless it is told that the network is safe.',
  fix: 'Use an `https` address. Where the network is safe, such as between containers of one host: `--allow-plain-http`, or the variable `TMI_DBTOOL_ALLOW_PLAIN_HTTP=1`.',
  check,
};
