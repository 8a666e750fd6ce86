import { bootstrap } from '../define.js';

export const loggingSettings = [
  bootstrap('logging.level', 'string', {
    default: 'info',
    env: 'TMI_LOG_LEVEL',
    limits: { enum: ['debug', 'info', 'warn', 'error'] },
    description: 'Least severe level that is logged. Use debug for a short time only: it is talkative.',
    example: 'warn',
  }),
  bootstrap('logging.is_dev', 'bool', {
    default: 'true',
    env: 'TMI_LOG_IS_DEV',
    description: 'Logs in a form for people instead of one for machines. Turn it off in production.',
    example: 'false',
  }),
  bootstrap('logging.is_test', 'bool', {
    default: 'false',
    env: 'TMI_LOG_IS_TEST',
    description: 'Adapts logging to automated tests.',
    example: 'false',
  }),
  bootstrap('logging.log_dir', 'string', {
    default: 'logs',
    env: 'TMI_LOG_DIR',
    description: 'Folder for log files, relative to the working directory unless absolute.',
    example: '/var/log/tmi',
  }),
  bootstrap('logging.max_age_days', 'int', {
    default: '7',
    env: 'TMI_LOG_MAX_AGE_DAYS',
    description: 'Days after which an old log file is deleted.',
    example: '30',
  }),
  bootstrap('logging.max_size_mb', 'int', {
    default: '100',
    env: 'TMI_LOG_MAX_SIZE_MB',
    description: 'Size in megabytes at which a new log file is begun.',
    example: '50',
  }),
  bootstrap('logging.max_backups', 'int', {
    default: '10',
    env: 'TMI_LOG_MAX_BACKUPS',
    description: 'How many old log files are kept.',
    example: '5',
  }),
  bootstrap('logging.also_log_to_console', 'bool', {
    default: 'true',
    env: 'TMI_LOG_ALSO_LOG_TO_CONSOLE',
    description:
      'Logs to the console as well as to files. Needed where a container runtime collects the output.',
    example: 'true',
  }),
  bootstrap('logging.cloud_error_threshold', 'int', {
    default: '5',
    env: 'TMI_LOG_CLOUD_ERROR_THRESHOLD',
    description:
      'Failed deliveries in a row to a cloud log service after which one warning is logged; 0 turns the warning off.',
    example: '10',
  }),
  bootstrap('logging.log_api_requests', 'bool', {
    default: 'false',
    env: 'TMI_LOG_API_REQUESTS',
    description:
      'Logs requests to the API with their bodies. For finding faults; bodies can hold personal data.',
    example: 'false',
  }),
  bootstrap('logging.log_api_responses', 'bool', {
    default: 'false',
    env: 'TMI_LOG_API_RESPONSES',
    description:
      'Logs responses of the API with their bodies. For finding faults; bodies can hold personal data.',
    example: 'false',
  }),
  bootstrap('logging.log_websocket_messages', 'bool', {
    default: 'false',
    env: 'TMI_LOG_WEBSOCKET_MESSAGES',
    description: 'Logs every message of collaboration sessions. For finding faults in collaboration only.',
    example: 'false',
  }),
  bootstrap('logging.redact_auth_tokens', 'bool', {
    default: 'false',
    env: 'TMI_LOG_REDACT_AUTH_TOKENS',
    description: 'Masks access tokens in logs. Turn it on wherever others can read the logs.',
    example: 'true',
  }),
  bootstrap('logging.suppress_unauthenticated_logs', 'bool', {
    default: 'true',
    env: 'TMI_LOG_SUPPRESS_UNAUTH_LOGS',
    description:
      'Leaves requests without a login out of the log. Turn it off to see scans and failed logins.',
    example: 'false',
  }),
];
