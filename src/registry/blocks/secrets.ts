import { bootstrap } from '../define.js';

export const secretsSettings = [
  bootstrap('secrets.provider', 'string', {
    default: 'env',
    limits: { enum: ['env', 'aws', 'azure', 'gcp', 'oci', 'vault'], enforced: true },
    description: 'What answers vault:// references and holds the settings encryption key.',
    example: 'aws',
  }),
  bootstrap('secrets.vault_address', 'string', {
    env: 'TMI_VAULT_ADDRESS',
    description: 'Address of HashiCorp Vault, when the provider is vault.',
    example: 'https://vault.example.com:8200',
  }),
  bootstrap('secrets.vault_token', 'string', {
    env: 'TMI_VAULT_TOKEN',
    secret: true,
    description: 'Token for HashiCorp Vault. Give it as an env:// or file:// reference.',
    example: 'env://VAULT_TOKEN',
  }),
  bootstrap('secrets.vault_path', 'string', {
    env: 'TMI_VAULT_PATH',
    description: 'Path in HashiCorp Vault below which the secrets lie.',
    example: 'secret/data/tmi',
  }),
  bootstrap('secrets.aws_region', 'string', {
    env: 'TMI_AWS_REGION',
    description: 'AWS region of Secrets Manager, when the provider is aws.',
    example: 'eu-central-1',
  }),
  bootstrap('secrets.aws_secret_name', 'string', {
    env: 'TMI_AWS_SECRET_NAME',
    description: 'Name of the secret in AWS that holds a JSON object with all values.',
    example: 'tmi/production',
  }),
  bootstrap('secrets.azure_vault_url', 'string', {
    env: 'TMI_AZURE_VAULT_URL',
    description: 'Address of the Azure Key Vault, when the provider is azure.',
    example: 'https://tmi-production.vault.azure.net',
  }),
  bootstrap('secrets.gcp_project_id', 'string', {
    env: 'TMI_GCP_PROJECT_ID',
    description: 'Google Cloud project that owns the secrets, when the provider is gcp.',
    example: 'tmi-production',
  }),
  bootstrap('secrets.gcp_secret_name', 'string', {
    env: 'TMI_GCP_SECRET_NAME',
    description: 'Name of the secret in Google Cloud that holds a JSON object with all values.',
    example: 'tmi-settings',
  }),
  bootstrap('secrets.oci_compartment_id', 'string', {
    env: 'TMI_OCI_COMPARTMENT_ID',
    description: 'OCID of the compartment with the vault, when the provider is oci.',
    example: 'ocid1.compartment.oc1..example',
  }),
  bootstrap('secrets.oci_vault_id', 'string', {
    env: 'TMI_OCI_VAULT_ID',
    description: 'OCID of the vault in Oracle Cloud.',
    example: 'ocid1.vault.oc1.eu-frankfurt-1.example',
  }),
  bootstrap('secrets.oci_secret_name', 'string', {
    env: 'TMI_OCI_SECRET_NAME',
    description: 'Name of the secret in Oracle Cloud that holds a JSON object with all values.',
    example: 'tmi-settings',
  }),
];
