import { bootstrap, operational } from '../define.js';

export const contentOauthSettings = [
  operational('content_oauth.callback_url', 'string', {
    reads: 'file',
    description:
      'Address to which content providers send users back after they granted access. Register it with each of them.',
    example: 'https://tmi.example.com/oauth2/content_callback',
  }),
  operational('content_oauth.allowed_client_callbacks', 'string_list', {
    env: null,
    reads: 'file',
    description:
      'Addresses to which clients may be sent after access to content was granted: exact URLs, or prefixes ending in *.',
    example: '["https://tmi.example.com/*"]',
  }),
  bootstrap('content_token_encryption_key', 'string', {
    secret: true,
    description:
      'Key, 64 hex characters, that encrypts users’ tokens for content providers. Needed as soon as one of them is enabled.',
    example: 'vault://tmi/content_token_encryption_key',
  }),
];
