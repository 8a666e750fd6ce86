import { deepFreeze } from '../values/deep-freeze.js';
import type { AdministratorFieldName } from '../values/structures.js';
import { operational, type OperationalSetting } from './define.js';

/** What one entry of `administrators` holds. */
export interface AdministratorField {
  /** Variable that carries the field of the one administrator who can be named in the environment. */
  readonly env: string;
  readonly description: string;
  readonly example: string;
}

/**
 * The fields of an administrator, in the order in which they are written. A user is named by `provider_id` or
 * `email`, a group by `group_name`.
 */
export const administratorFields: Readonly<Record<AdministratorFieldName, AdministratorField>> = deepFreeze({
  provider: {
    env: 'TMI_ADMIN_PROVIDER',
    description: 'Id of the OAuth or SAML provider that the user or group comes from. Always needed.',
    example: 'google',
  },
  provider_id: {
    env: 'TMI_ADMIN_PROVIDER_ID',
    description: 'The user’s id at the provider. Preferred to the mail address, which can change hands.',
    example: '100000000000000000001',
  },
  email: {
    env: 'TMI_ADMIN_EMAIL',
    description: 'The user’s mail address at the provider, for when the id is not known.',
    example: 'ann@example.com',
  },
  group_name: {
    env: 'TMI_ADMIN_GROUP_NAME',
    description: 'The group’s name at the provider.',
    example: 'tmi-administrators',
  },
  subject_type: {
    env: 'TMI_ADMIN_SUBJECT_TYPE',
    description: 'Whether the entry names a user or a group: user or group.',
    example: 'user',
  },
});

/** The values that `subject_type` takes. A variable may leave it out and means a user. */
export const subjectTypes = ['user', 'group'] as const;

export const administratorSettings: readonly OperationalSetting[] = [
  operational('administrators', 'administrator_list', {
    env: null,
    reads: 'file',
    description:
      'Users and groups who are administrators from the start, each with the provider they log in through.',
    example: '[{"provider":"google","email":"ann@example.com","subject_type":"user"}]',
  }),
];
