import { operational, type OperationalSetting } from '../define.js';

export const websocketSettings: readonly OperationalSetting[] = [
  operational('websocket.inactivity_timeout_seconds', 'int', {
    default: '300',
    limits: { min: 15 },
    reads: 'file',
    description: 'Seconds without a message after which a collaboration session is closed.',
    example: '900',
  }),
];
