import { readFileSync } from 'node:fs';

/** A setting as the facts about the server name it. Read from the fixture, not from the tool's registry. */
export interface RegistrySetting {
  readonly yaml_path: string | null;
  readonly db_key?: string;
  readonly env?: string;
  readonly type: string;
  readonly category: string;
  readonly default?: string;
  readonly server_1_8_reads?: string;
  readonly derived_from?: string;
}

interface RegistryField {
  readonly field: string;
  readonly type: string;
}

interface RegistryEntity {
  readonly yaml_prefix: string;
  readonly env_prefix: string;
  readonly id_pattern?: string;
  readonly fields: readonly RegistryField[];
}

interface RegistryFile {
  readonly settings: readonly RegistrySetting[];
  readonly entities: Readonly<
    Record<'oauth_provider' | 'saml_provider' | 'content_oauth_provider', RegistryEntity>
  >;
}

const file = new URL('../../../fixtures/settings/observations/registry-1.8.22.json', import.meta.url);
const registry = JSON.parse(readFileSync(file, 'utf8')) as RegistryFile;

export const referenceSettings = registry.settings.filter(({ type }) => !type.startsWith('map of'));

export const familyKinds = ['oauth', 'saml', 'content_oauth'] as const;
export type FamilyKind = (typeof familyKinds)[number];

export interface ReferenceFamily {
  readonly kind: FamilyKind;
  readonly prefix: string;
  readonly envPrefix: string;
  readonly idPattern: RegExp;
  readonly fields: readonly RegistryField[];
}

export const referenceFamilies: readonly ReferenceFamily[] = familyKinds.map((kind) => {
  const entity = registry.entities[`${kind}_provider`];
  return {
    kind,
    prefix: entity.yaml_prefix.replace('.<id>', ''),
    envPrefix: entity.env_prefix.replace('<ID>_', ''),
    idPattern: new RegExp(entity.id_pattern ?? '^[a-z0-9][a-z0-9_]*$'),
    fields: entity.fields,
  };
});
