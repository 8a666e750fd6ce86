import { bootstrap, operational } from '../define.js';

const jwtSettings = [
  bootstrap('auth.jwt.secret', 'string', {
    env: 'TMI_JWT_SECRET',
    required: true,
    secret: true,
    description: 'Key that signs access tokens under HS256. Changing it ends every session.',
    example: 'vault://tmi/jwt_secret',
  }),
  operational('auth.jwt.expiration_seconds', 'int', {
    default: '3600',
    env: 'TMI_JWT_EXPIRATION_SECONDS',
    limits: { min: 1, enforced: true },
    reads: 'file',
    description:
      'Lifetime of an access token in seconds. Shorter means that a withdrawn right takes effect sooner.',
    example: '1800',
  }),
  bootstrap('auth.jwt.signing_method', 'string', {
    default: 'HS256',
    env: 'TMI_JWT_SIGNING_METHOD',
    limits: { enum: ['HS256', 'RS256', 'ES256'], enforced: true },
    description:
      'Algorithm that signs access tokens. RS256 and ES256 need key files instead of a shared secret.',
    example: 'ES256',
  }),
  operational('auth.jwt.refresh_token_days', 'int', {
    default: '7',
    env: 'TMI_REFRESH_TOKEN_DAYS',
    reads: 'file',
    description: 'Days for which a refresh token can be exchanged for a new access token.',
    example: '14',
  }),
  operational('auth.jwt.session_lifetime_days', 'int', {
    default: '7',
    env: 'TMI_SESSION_LIFETIME_DAYS',
    reads: 'file',
    description: 'Days after which a user has to log in again, however active the session was.',
    example: '30',
  }),
];

const loginSettings = [
  operational('auth.oauth.callback_url', 'string', {
    default: 'http://localhost:8080/oauth2/callback',
    env: 'TMI_OAUTH_CALLBACK_URL',
    databaseKey: 'auth.oauth_callback_url',
    reads: 'origin',
    description:
      'Address to which OAuth providers send users back. It must be registered with each provider, letter for letter.',
    example: 'https://tmi.example.com/oauth2/callback',
  }),
  operational('auth.oauth.client_callback_allowlist', 'string_list', {
    default: '[]',
    env: 'TMI_OAUTH_CLIENT_CALLBACK_ALLOWLIST',
    reads: 'origin',
    emptySaysNothing: true,
    description:
      'Addresses to which clients may be sent after login: exact URLs, or prefixes ending in *. An address that is not listed cannot log in.',
    example: '["https://tmi.example.com/*"]',
  }),
  operational('auth.saml.enabled', 'bool', {
    default: 'false',
    env: 'TMI_SAML_ENABLED',
    databaseKey: 'features.saml_enabled',
    visibility: 'public',
    consumers: ['monolith', 'tmi-ux'],
    reads: 'origin',
    description: 'Offers login through the configured SAML identity providers.',
    example: 'true',
  }),
  operational('auth.cookie.enabled', 'bool', {
    default: 'true',
    env: 'TMI_COOKIE_ENABLED',
    reads: 'file',
    description: 'Hands tokens to browsers in HttpOnly cookies, out of reach of scripts.',
    example: 'true',
  }),
  operational('auth.cookie.domain', 'string', {
    env: 'TMI_COOKIE_DOMAIN',
    reads: 'file',
    description:
      'Domain of the login cookies. Set it when user interface and API run under different host names of one domain.',
    example: 'example.com',
  }),
  operational('auth.cookie.secure', 'bool', {
    default: 'false',
    env: 'TMI_COOKIE_SECURE',
    reads: 'file',
    description: 'Sends login cookies over HTTPS only. Turn it on wherever users come in over HTTPS.',
    example: 'true',
  }),
];

const policySettings = [
  operational('auth.auto_promote_first_user', 'bool', {
    default: 'false',
    reads: 'file',
    description: 'Makes the first user who logs in an administrator. Turn it off once there is one.',
    example: 'false',
  }),
  operational('auth.everyone_is_a_reviewer', 'bool', {
    default: 'false',
    reads: 'origin',
    description:
      'Adds every user to the group of security reviewers. For small teams without separate reviewers.',
    example: 'false',
  }),
  bootstrap('auth.build_mode', 'string', {
    env: 'TMI_BUILD_MODE',
    required: true,
    limits: { enum: ['dev', 'test', 'production'] },
    description:
      'What the installation is for. Production refuses test logins and secrets stored unencrypted.',
    example: 'production',
  }),
  operational('auth.step_up_window_seconds', 'int', {
    default: '300',
    limits: { min: 60 },
    reads: 'file',
    description:
      'Seconds after a login in which an administrator may change settings without logging in again.',
    example: '600',
  }),
];

export const authSettings = [...jwtSettings, ...loginSettings, ...policySettings];
