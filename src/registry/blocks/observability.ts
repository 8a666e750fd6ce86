import { operational, type OperationalSetting } from '../define.js';

export const observabilitySettings: readonly OperationalSetting[] = [
  operational('observability.enabled', 'bool', {
    default: 'false',
    env: 'TMI_OTEL_ENABLED',
    reads: 'file',
    description: 'Exports traces and metrics through OpenTelemetry.',
    example: 'true',
  }),
  operational('observability.sampling_rate', 'float', {
    default: '1',
    env: 'TMI_OTEL_SAMPLING_RATE',
    limits: { min: 0, max: 1 },
    reads: 'file',
    description: 'Share of requests that are traced, from 0 to 1. Lower it when tracing costs too much.',
    example: '0.25',
  }),
  operational('observability.prometheus_port', 'int', {
    default: '0',
    env: 'TMI_OTEL_PROMETHEUS_PORT',
    reads: 'file',
    description: 'TCP port on which Prometheus can collect metrics; 0 opens none.',
    example: '9464',
  }),
];
