import { operational, type OperationalSetting } from '../define.js';

/** What the server fetches under each class of address. */
const classes: Readonly<Record<string, string>> = {
  issue_uri: 'links to issues',
  document_uri: 'links to documents',
  repository_uri: 'links to source repositories',
  timmy: 'pages that the assistant reads',
  webhook: 'webhook deliveries',
};

/** Comma separated text, not JSON; none has an environment variable. */
const plain = { env: null, reads: 'file' } as const;

export const ssrfSettings: readonly OperationalSetting[] = Object.entries(classes).flatMap(
  ([name, purpose]) => [
    operational(`ssrf.${name}.allowlist`, 'string', {
      ...plain,
      description: `Hosts or host patterns, separated by commas, that the server may contact for ${purpose}. Keep it as short as possible.`,
      example: 'wiki.internal.example.com,git.internal.example.com',
    }),
    operational(`ssrf.${name}.schemes`, 'string', {
      ...plain,
      description: `URL schemes, separated by commas, allowed for ${purpose}.`,
      example: 'https',
    }),
  ],
);
