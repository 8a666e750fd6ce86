import { bootstrap } from '../define.js';

export const alertingSettings = [
  bootstrap('alerting.enabled', 'bool', {
    default: 'false',
    description: 'Sends audit alerts to a webhook that administrators cannot remove.',
    example: 'true',
  }),
  bootstrap('alerting.webhook_url', 'string', {
    // Whoever knows the path of a chat service's webhook may post to it.
    hidden: true,
    description: 'Address that receives the audit alerts.',
    example: 'https://alerts.example.com/tmi',
  }),
  bootstrap('alerting.webhook_secret', 'string', {
    secret: true,
    description: 'Key that signs the audit alerts (HMAC), so that the receiver can tell them from forgeries.',
    example: 'vault://tmi/alerting_webhook_secret',
  }),
];
