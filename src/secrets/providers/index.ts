import type { CreateProvider, ProviderName } from './contract.js';

/** The one list of providers. Each loads when it is first used, since the vendors' clients are large. */
const providers: Readonly<Record<ProviderName, () => Promise<{ create: CreateProvider }>>> = {
  env: () => import('./env/index.js'),
  aws: () => import('./aws/index.js'),
  azure: () => import('./azure/index.js'),
  gcp: () => import('./gcp/index.js'),
  oci: () => import('./oci/index.js'),
  vault: () => import('./vault/index.js'),
};

export const providerNames = Object.keys(providers) as ProviderName[];

export function isProviderName(name: string): name is ProviderName {
  return Object.hasOwn(providers, name);
}

/** @throws SecretFault when settings, the vendor's package or credentials are missing. */
export const createProvider = async (
  name: ProviderName,
  input: Parameters<CreateProvider>[0],
): ReturnType<CreateProvider> => (await providers[name]()).create(input);
