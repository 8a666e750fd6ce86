import type * as sdk from '@aws-sdk/client-secrets-manager';
import type { CommandSignals } from './signals.js';

export type AwsSdk = typeof sdk;

/** The vendor's client, ready to be asked. */
export interface Store {
  readonly sdk: AwsSdk;
  readonly client: sdk.SecretsManagerClient;
  readonly signals: CommandSignals;
}

/** The vendor's package, loaded when it is first used. */
export const load = (): Promise<AwsSdk> => import('@aws-sdk/client-secrets-manager');
