import { field } from '../define.js';
import type { ProviderFamily } from '../types.js';

export const oauthProviders: ProviderFamily = {
  kind: 'oauth',
  path: 'auth.oauth.providers',
  envPrefix: 'OAUTH_PROVIDERS_',
  idPattern: /^[a-z0-9][a-z0-9-]*$/,
  server18Reads: 'provider',
  description: 'Login providers that speak OAuth 2 or OpenID Connect, by id.',
  requiredWhenEnabled: ['client_id', 'authorization_url', 'token_url', 'userinfo'],
  fields: [
    field('id', 'string', {
      description: 'Id of the OAuth provider as the API shows it, normally the entry’s own id.',
      example: 'google',
    }),
    field('name', 'string', { description: 'Name on the OAuth login button.', example: 'Google' }),
    field('enabled', 'bool', {
      description: 'Offers this OAuth provider at login. Anything but exactly true means off.',
      example: 'true',
    }),
    field('icon', 'string', {
      description: 'Icon on the OAuth login button.',
      example: 'fa-brands fa-google',
    }),
    field('client_id', 'string', {
      description: 'Client id that the OAuth provider issued for this server.',
      example: '1234567890-example.apps.googleusercontent.com',
    }),
    field('client_secret', 'string', {
      secret: true,
      description:
        'Client secret that the OAuth provider issued for this server. It may not equal the JWT secret.',
      example: 'vault://tmi/oauth_google_client_secret',
    }),
    field('authorization_url', 'string', {
      description: 'Address to which users are sent to log in.',
      example: 'https://accounts.google.com/o/oauth2/v2/auth',
    }),
    field('token_url', 'string', {
      description: 'Address at which the server exchanges a login code for tokens.',
      example: 'https://oauth2.googleapis.com/token',
    }),
    field('userinfo', 'userinfo_list', {
      description:
        'Endpoints that tell who the user is, asked one after the other, each with the names of its claims. Without OIDC discovery a subject_claim is needed.',
      example:
        '[{"url":"https://id.example.com/userinfo","claims":{"email_claim":"email","subject_claim":"sub"}}]',
    }),
    field('issuer', 'string', {
      description: 'Issuer that ID tokens have to carry. Setting it turns OIDC discovery on.',
      example: 'https://accounts.google.com',
    }),
    field('jwks_url', 'string', {
      description: 'Address of the keys that sign ID tokens, when discovery does not tell it.',
      example: 'https://www.googleapis.com/oauth2/v3/certs',
    }),
    field('scopes', 'string_list', {
      description: 'Scopes that are asked for at login.',
      example: '["openid","profile","email"]',
    }),
    field('additional_params', 'string_map', {
      description: 'Further parameters of the authorization request, as the OAuth provider documents them.',
      example: '{"access_type":"offline"}',
    }),
    field('auth_header_format', 'string', {
      description: 'Form of the authorization header for userinfo requests, when the provider wants its own.',
      example: 'Bearer %s',
    }),
    field('accept_header', 'string', {
      description:
        'Accept header of token and userinfo requests, when the provider answers in other formats too.',
      example: 'application/json',
    }),
  ],
};
