import type * as sdk from '@aws-sdk/client-secrets-manager';

export type AwsSdk = typeof sdk;

/** The vendor's client, loaded when it is first used. */
export const load = (): Promise<AwsSdk> => import('@aws-sdk/client-secrets-manager');
