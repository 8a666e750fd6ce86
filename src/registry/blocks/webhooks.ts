import { operational, type OperationalSetting } from '../define.js';

export const webhookSettings: readonly OperationalSetting[] = [
  operational('webhooks.allow_http_targets', 'bool', {
    default: 'false',
    env: 'TMI_WEBHOOK_ALLOW_HTTP_TARGETS',
    reads: 'file',
    description: 'Allows webhooks to plain HTTP addresses. For receivers inside the same cluster only.',
    example: 'false',
  }),
];
