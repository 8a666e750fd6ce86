import { databaseOnly, type OperationalSetting } from '../define.js';

const shown = { visibility: 'public', consumers: ['monolith', 'tmi-ux'], reads: 'config-first' } as const;

/** Settings that no file ever carried. They are named by their key in the database. */
export const databaseOnlySettings: readonly OperationalSetting[] = [
  databaseOnly('rate_limit.requests_per_minute', 'int', {
    default: '100',
    visibility: 'internal',
    reads: 'file',
    description: 'Requests per minute that one user may make. Kept for older servers.',
    example: '200',
  }),
  databaseOnly('rate_limit.requests_per_hour', 'int', {
    default: '1000',
    visibility: 'internal',
    reads: 'file',
    description: 'Requests per hour that one user may make. Kept for older servers.',
    example: '5000',
  }),
  databaseOnly('session.timeout_minutes', 'int', {
    default: '60',
    reads: 'file',
    derivedFrom: { databaseKey: 'auth.jwt.expiration_seconds', divideBy: 60 },
    description:
      'Lifetime of an access token in minutes, for display. Follows auth.jwt.expiration_seconds; change that one.',
    example: '30',
  }),
  databaseOnly('websocket.max_participants', 'int', {
    ...shown,
    default: '10',
    description: 'Most participants of one collaboration session.',
    example: '25',
  }),
  databaseOnly('features.webhooks_enabled', 'bool', {
    ...shown,
    default: 'true',
    description: 'Lets users subscribe webhooks to changes.',
    example: 'false',
  }),
  databaseOnly('features.websocket_enabled', 'bool', {
    ...shown,
    default: 'true',
    description: 'Lets several users work on one diagram at the same time.',
    example: 'false',
  }),
  databaseOnly('ui.default_theme', 'string', {
    ...shown,
    default: 'auto',
    limits: { enum: ['auto', 'light', 'dark'] },
    description: 'Theme of the user interface for users who have not chosen one.',
    example: 'dark',
  }),
  databaseOnly('upload.max_file_size_mb', 'int', {
    ...shown,
    default: '10',
    description: 'Largest upload in megabytes.',
    example: '50',
  }),
];
