/** The vendor's clients, loaded when they are first used. */
export const load = async () => {
  const [common, secrets] = await Promise.all([import('oci-common'), import('oci-secrets')]);
  return { common, secrets };
};
export type OciSdk = Awaited<ReturnType<typeof load>>;
