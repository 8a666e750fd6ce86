import { reportOn, type Configuration } from '../configuration.js';
import { always, type Rule } from '../rule.js';

/** By provider: settings of which each is needed, with variables of the vendor's own that do as well. */
const needs: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  aws: { aws_region: ['AWS_REGION', 'AWS_DEFAULT_REGION'] },
  azure: { azure_vault_url: [] },
  gcp: { gcp_project_id: [] },
  oci: { oci_vault_id: [] },
  // The keys of the settings table have names without a slash, so they lie in the secret of vault_path.
  vault: { vault_address: ['VAULT_ADDR'], vault_path: [] },
};

function isSet(configuration: Configuration, name: string, variables: readonly string[]): boolean {
  const inEnvironment = variables.some((variable) => (configuration.environment[variable] ?? '') !== '');
  return inEnvironment || configuration.text(`secrets.${name}`) !== '';
}

export const secretsProviderIncomplete: Rule = {
  id: 'secrets-provider-incomplete',
  tier: 'rules',
  severity: always('error'),
  summary: 'A secrets provider is chosen without its settings',
  why: 'Without region, address or vault the provider cannot be asked: `vault://` references have no value, and nobody knows whether there is a settings encryption key.',
  fix: 'Set what the finding names.',
  *check(configuration) {
    const provider = configuration.value('secrets.provider');
    if (!provider) return;
    for (const [name, variables] of Object.entries(needs[provider.text] ?? {})) {
      if (isSet(configuration, name, variables)) continue;
      yield reportOn(provider, {
        message: `The secrets provider ${provider.text} needs secrets.${name}, which is empty`,
        expected: `secrets.${name}`,
        hint: `Set secrets.${name} in the file, or TMI_${name.toUpperCase()}.`,
      });
    }
  },
};
