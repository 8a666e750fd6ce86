/** The vendor's client, loaded when it is first used. */
export const load = () => import('@aws-sdk/client-secrets-manager');
export type AwsSdk = Awaited<ReturnType<typeof load>>;
