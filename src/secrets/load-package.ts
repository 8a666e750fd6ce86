import { SecretFault } from './fault.js';

/**
 * Loads the clients of a vendor, which are optional dependencies.
 * @throws SecretFault `secrets/provider-not-installed`, with the line that installs them.
 */
export async function loadPackage<T>(packages: readonly string[], load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error;
    const what = packages.length === 1 ? 'the package' : 'the packages';
    throw new SecretFault(
      'secrets/provider-not-installed',
      `${what} ${packages.join(', ')} must be installed`,
      {
        hint: `Run: npm install ${packages.join(' ')} (with --global where tmi-dbtool was installed with it)`,
      },
    );
  }
}
