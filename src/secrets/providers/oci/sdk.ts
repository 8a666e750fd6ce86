import type * as common from 'oci-common';
import type * as secrets from 'oci-secrets';

export interface OciSdk {
  readonly common: typeof common;
  readonly secrets: typeof secrets;
}

/** The vendor's clients, loaded when they are first used. */
export const load = async (): Promise<OciSdk> => {
  const [forAll, forSecrets] = await Promise.all([import('oci-common'), import('oci-secrets')]);
  return { common: forAll, secrets: forSecrets };
};
