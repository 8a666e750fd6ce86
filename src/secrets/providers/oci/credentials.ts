import type { AuthenticationDetailsProvider } from 'oci-common';
import { SecretFault } from '../../fault.js';
import type { Environment } from '../../local.js';
import type { OciSdk } from './sdk.js';

/**
 * By `OCI_CLI_AUTH`: `resource_principal`, `instance_principal` or `api_key`. Without it, a resource principal
 * when the platform offers one, and else the configuration file `OCI_CLI_CONFIG_FILE` or `~/.oci/config`.
 * @throws SecretFault `secrets/no-credentials`; `secrets/provider-not-configured` without a region, and for a kind that
 *   is not known: another identity than the one that was meant would be used.
 */
export async function findCredentials(
  sdk: OciSdk,
  environment: Environment,
): Promise<AuthenticationDetailsProvider> {
  const kind =
    environment['OCI_CLI_AUTH'] ||
    (environment['OCI_RESOURCE_PRINCIPAL_VERSION'] ? 'resource_principal' : 'api_key');
  if (!isKind(kind)) {
    throw new SecretFault(
      'secrets/provider-not-configured',
      'OCI_CLI_AUTH names no kind of credentials that the tool knows',
      { hint: `Use one of ${kinds.join(', ')}.` },
    );
  }
  try {
    switch (kind) {
      case 'resource_principal':
        return sdk.common.ResourcePrincipalAuthenticationDetailsProvider.builder();
      case 'instance_principal':
        return await new sdk.common.InstancePrincipalsAuthenticationDetailsProviderBuilder().build();
      case 'api_key':
        return fromProfile(sdk, environment);
    }
  } catch (error) {
    // It has no code.
    if (error instanceof Error && error.message.startsWith('Region not specified')) throw noRegion();
    // The SDK throws plain texts and errors that quote the file.
    throw new SecretFault('secrets/no-credentials', `there are no OCI credentials of the kind ${kind}`, {
      hint: 'Set OCI_CLI_AUTH to instance_principal or resource_principal, or write ~/.oci/config.',
    });
  }
}

/** The region that the environment names. */
export const namedRegion = (environment: Environment): string | undefined =>
  environment['OCI_CLI_REGION'] || environment[SDK_REGION] || undefined;

export const noRegion = (): SecretFault =>
  new SecretFault('secrets/provider-not-configured', 'no OCI region is known', {
    hint: 'Set OCI_CLI_REGION, or a region in the profile of ~/.oci/config.',
  });

/** Where the SDK looks for the region of a profile that has none, which it refuses otherwise. */
const SDK_REGION = 'OCI_REGION';

function fromProfile(sdk: OciSdk, environment: Environment): AuthenticationDetailsProvider {
  // eslint-disable-next-line no-restricted-globals -- the SDK asks the process, and is told for this one call
  const { env } = process;
  const before = env[SDK_REGION];
  const region = namedRegion(environment);
  if (region !== undefined) env[SDK_REGION] = region;
  try {
    return new sdk.common.ConfigFileAuthenticationDetailsProvider(
      environment['OCI_CLI_CONFIG_FILE'] || environment['OCI_CONFIG_FILE'] || undefined,
      environment['OCI_CLI_PROFILE'] || undefined,
    );
  } finally {
    if (before === undefined) delete env[SDK_REGION];
    else env[SDK_REGION] = before;
  }
}

const kinds = ['api_key', 'instance_principal', 'resource_principal'] as const;

function isKind(text: string): text is (typeof kinds)[number] {
  return (kinds as readonly string[]).includes(text);
}
