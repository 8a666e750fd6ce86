import { createDecipheriv } from 'node:crypto';
import type { Workspace } from '../support/workspace.js';

/** A small file of a release before 1.4.0: both kinds of settings, every form of value, comments, a secret. */
export const sampleText = `# Production configuration
server:
  port: "8443"
  base_url: https://tmi.example.com # also needed at start
  ratelimit_public_rpm: 60

database:
  url: "$URL"

auth:
  build_mode: test
  jwt:
    secret: CANARY-jwt # bootstrap
    expiration_seconds: 7200 # two hours
  oauth:
    callback_url: https://tmi.example.com/oauth2/callback
    client_callback_allowlist:
      - https://app.example.com/*
      - http://localhost:4200/callback
    providers:
      google:
        enabled: false
        client_id: tmi & "friends"
        client_secret: CANARY-google
        scopes: [openid, email]
        additional_params:
          prompt: consent
          access_type: offline

# What administrators may do
administrators:
  - provider: google
    email: ann@example.com
    subject_type: user

observability:
  sampling_rate: 0.250
content_extractors:
  wall_clock_budget: 45s
  async_enabled: yes
timmy:
  enabled: true
  llm_api_key: CANARY-llm
  operator_system_prompt: |
    Be brief.
    Žádné vtipy.
operator:
  name: ""
logging:
  level: info
`;

/** The file after the import. */
export const sampleAfter = `# Production configuration
server:
  port: "8443"
  base_url: https://tmi.example.com # also needed at start

database:
  url: "$URL"

auth:
  build_mode: test
  jwt:
    secret: CANARY-jwt # bootstrap

logging:
  level: info
`;

/** The rows that the sample makes: key, value in the clear, type. */
export const sampleRows: readonly (readonly [key: string, value: string, type: string])[] = [
  ['administrators', '[{"provider":"google","email":"ann@example.com","subject_type":"user"}]', 'json'],
  [
    'auth.oauth.client_callback_allowlist',
    '["https://app.example.com/*","http://localhost:4200/callback"]',
    'json',
  ],
  ['auth.jwt.expiration_seconds', '7200', 'int'],
  ['auth.oauth.providers.google.additional_params', '{"access_type":"offline","prompt":"consent"}', 'json'],
  ['auth.oauth.providers.google.client_id', 'tmi & "friends"', 'string'],
  ['auth.oauth.providers.google.client_secret', 'CANARY-google', 'string'],
  ['auth.oauth.providers.google.enabled', 'false', 'bool'],
  ['auth.oauth.providers.google.scopes', '["openid","email"]', 'json'],
  ['auth.oauth_callback_url', 'https://tmi.example.com/oauth2/callback', 'string'],
  ['content_extractors.wall_clock_budget', '45s', 'string'],
  ['extraction.async_enabled', 'true', 'bool'],
  ['observability.sampling_rate', '0.25', 'float'],
  ['server.base_url', 'https://tmi.example.com', 'string'],
  ['server.ratelimit_public_rpm', '60', 'int'],
  ['session.timeout_minutes', '120', 'int'],
  ['timmy.enabled', 'true', 'bool'],
  ['timmy.llm_api_key', 'CANARY-llm', 'string'],
  ['timmy.operator_system_prompt', 'Be brief.\nŽádné vtipy.\n', 'string'],
];

/** The one row of the sample that nobody stated. */
export const derivedKey = 'session.timeout_minutes';

export const encryptionKey = 'c0ffee'.padEnd(64, '7');

/** An environment with the key that settings are encrypted with. */
export const encrypted = { TMI_SECRET_SETTINGS_ENCRYPTION_KEY: encryptionKey };

export const plain = ['--allow-plaintext-secrets'] as const;

/** Opens an envelope with nothing but the runtime's own AES, as a server would. */
export function openEnvelope(stored: string): { context: string; seconds: number; text: string } {
  const [, , context, seconds, encoded] = stored.split(':');
  const sealed = Buffer.from(encoded as string, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', Buffer.from(encryptionKey, 'hex'), sealed.subarray(0, 12));
  decipher.setAuthTag(sealed.subarray(-16));
  const text = decipher.update(sealed.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8');
  return { context: context as string, seconds: Number(seconds), text };
}

/** The names of everything in the folder with the rows of the database: what an import may have changed. */
export async function snapshot(workspace: Workspace): Promise<unknown> {
  const files = Object.fromEntries(workspace.files().map((name) => [name, workspace.text(name)]));
  return { files, rows: [...(await workspace.rows()).values()] };
}
