import { always, type Rule } from '../rule.js';

/** What `--worker` checks: workers take everything from the environment. */
export const workerRules: readonly Rule[] = [
  {
    id: 'worker-nats-url',
    tier: 'rules',
    severity: always('error'),
    summary: 'The address of the message broker is missing or malformed',
    why: 'A worker takes its jobs from NATS. Without `NATS_URL` (or `TMI_WORKER_NATS_URL`) it ends at once.',
    fix: 'Set `NATS_URL=nats://host:4222`.',
  },
  {
    id: 'worker-log-level',
    tier: 'rules',
    severity: always('error'),
    summary: 'The log level of the worker is none that it knows',
    why: 'A worker takes `debug`, `info`, `warn` and `error`; without one it logs from `info` on.',
    fix: 'Correct `LOG_LEVEL`, or unset it.',
  },
  {
    id: 'worker-secret-mounts',
    tier: 'rules',
    severity: always('error'),
    summary: 'The list of mounted secrets is malformed',
    why: '`SECRET_MOUNTS` is `name=path` pairs separated by commas, or a JSON object. Paths are absolute, and each name stands once.',
    fix: 'Write `SECRET_MOUNTS=api-key=/run/secrets/api-key,cert=/run/secrets/cert`.',
  },
  {
    id: 'worker-name-clash',
    tier: 'rules',
    severity: always('warning'),
    summary: 'A setting of the worker is given under both of its names',
    why: 'Workers read `NATS_URL` and `TMI_WORKER_NATS_URL` alike. When both are set and differ, which one counts depends on the worker.',
    fix: 'Unset one of the two.',
  },
  {
    id: 'worker-secret-file',
    tier: 'environment',
    severity: always('error'),
    summary: 'A mounted secret cannot be read',
    why: 'The file is missing, empty, or not readable for this user. The worker ends when it needs the secret.',
    fix: 'Mount the secret, or correct its path. Run the check as the user that runs the worker.',
  },
];
