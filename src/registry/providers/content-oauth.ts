import { field } from '../define.js';
import type { ProviderFamily } from '../types.js';

export const contentOauthProviders: ProviderFamily = {
  kind: 'content_oauth',
  path: 'content_oauth.providers',
  envPrefix: 'TMI_CONTENT_OAUTH_PROVIDERS_',
  // Underscores, unlike login providers: ids are names of content sources, such as google_workspace.
  idPattern: /^[a-z0-9][a-z0-9_]*$/,
  server18Reads: 'file',
  description: 'Providers that users let the server read documents from, by id.',
  requiredWhenEnabled: ['client_id', 'auth_url', 'token_url'],
  fields: [
    field('enabled', 'bool', {
      description: 'Lets users connect this content provider. Anything but exactly true means off.',
      example: 'true',
    }),
    field('name', 'string', {
      description: 'Name of the content provider as users see it.',
      example: 'Confluence',
    }),
    field('icon', 'string', {
      description: 'Icon of the content provider as users see it.',
      example: 'fa-brands fa-confluence',
    }),
    field('client_id', 'string', {
      description: 'Client id that the content provider issued for this server.',
      example: 'example-client-id',
    }),
    field('client_secret', 'string', {
      secret: true,
      description: 'Client secret that the content provider issued for this server.',
      example: 'vault://tmi/content_confluence_client_secret',
    }),
    field('auth_url', 'string', {
      description: 'Address to which users are sent to grant access to their documents.',
      example: 'https://auth.atlassian.com/authorize',
    }),
    field('token_url', 'string', {
      description: 'Address at which the server exchanges a grant for tokens.',
      example: 'https://auth.atlassian.com/oauth/token',
    }),
    field('userinfo_url', 'string', {
      description: 'Address that tells whose documents they are.',
      example: 'https://api.atlassian.com/me',
    }),
    field('revocation_url', 'string', {
      description: 'Address at which the server gives tokens back when a user disconnects.',
      example: 'https://auth.atlassian.com/oauth/revoke',
    }),
    field('required_scopes', 'string_list', {
      description: 'Scopes without which a grant is refused.',
      example: '["read:page:confluence","offline_access"]',
    }),
    field('extra_authorize_params', 'string_map', {
      description: 'Further parameters of the authorization request, as the content provider documents them.',
      example: '{"audience":"api.atlassian.com","prompt":"consent"}',
    }),
  ],
};
