export {
  bootstrap,
  type BootstrapOptions,
  type Finding,
  type ProviderSummary,
  type Server,
  type ServerConfig,
  type SettingsService,
} from './bootstrap.js';
export {
  errorCodes,
  exitCodes,
  ToolError,
  type Diagnostic,
  type ErrorCode,
  type Position,
  type Severity,
} from './errors/index.js';
export {
  SecretValue,
  type Administrator,
  type NativeValue,
  type SettingType,
  type UserinfoEndpoint,
} from './values/index.js';
export { buildInfo, type BuildInfo } from './version.js';
export { loadWorker, type WorkerConfig, type WorkerLogLevel, type WorkerOptions } from './worker.js';
