import { operational, type OperationalSetting } from '../define.js';

const shown = {
  visibility: 'public',
  consumers: ['monolith', 'tmi-ux'],
  reads: 'config-first',
  emptySaysNothing: true,
} as const;

export const operatorSettings: readonly OperationalSetting[] = [
  operational('operator.name', 'string', {
    ...shown,
    description: 'Name of the person or organisation that runs the server, shown to users.',
    example: 'Example Corporation',
  }),
  operational('operator.contact', 'string', {
    ...shown,
    description: 'How users reach the operator: a mail address or a link.',
    example: 'security@example.com',
  }),
  operational('operator.jurisdiction', 'string', {
    ...shown,
    description: 'Jurisdiction under which the service is operated, shown with the terms.',
    example: 'Germany',
  }),
];
