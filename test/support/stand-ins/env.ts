import { Shelf, type ProviderStandIn } from './provider-stand-in.js';

/** The env provider has no far side: its secrets are the variables of the environment. */
export function startEnv(): Promise<ProviderStandIn> {
  const shelf = new Shelf();
  const nameOf = (path: string) => `TMI_SECRET_${path.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
  const environment = () =>
    Object.fromEntries([...shelf.secrets].map(([name, versions]) => [name, String(versions.at(-1))]));
  return Promise.resolve({
    name: 'env',
    shelf,
    http: undefined,
    settings: () => ({}),
    environment,
    bareEnvironment: environment,
    credentials: [],
    fetches: () => [],
    versionName: (index) => String(index),
    nameOf,
    disconnect: () => Promise.resolve(),
    close: () => Promise.resolve(),
  });
}
