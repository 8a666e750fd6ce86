import { settingByPath } from './lookup.js';

/** Former names of environment variables, by the path of the setting that they carried. */
export const formerVariables: Readonly<Record<string, readonly string[]>> = {
  'server.port': ['SERVER_PORT'],
  'server.interface': ['SERVER_INTERFACE'],
  'server.base_url': ['SERVER_BASE_URL'],
  'server.read_timeout': ['SERVER_READ_TIMEOUT'],
  'server.write_timeout': ['SERVER_WRITE_TIMEOUT'],
  'server.idle_timeout': ['SERVER_IDLE_TIMEOUT'],
  'server.tls_enabled': ['SERVER_TLS_ENABLED', 'TLS_ENABLED', 'TMI_TLS_ENABLED'],
  'server.tls_cert_file': ['SERVER_TLS_CERT_FILE', 'TLS_CERT_FILE', 'TMI_TLS_CERT_FILE'],
  'server.tls_key_file': ['SERVER_TLS_KEY_FILE', 'TLS_KEY_FILE', 'TMI_TLS_KEY_FILE'],
  'server.tls_subject_name': ['SERVER_TLS_SUBJECT_NAME', 'TLS_SUBJECT_NAME', 'TMI_TLS_SUBJECT_NAME'],
  'server.http_to_https_redirect': ['SERVER_HTTP_TO_HTTPS_REDIRECT', 'TMI_TLS_HTTP_REDIRECT'],
  'database.oracle_wallet_location': ['ORACLE_WALLET_LOCATION'],
  'database.connection_pool.max_open_conns': ['DB_MAX_OPEN_CONNS'],
  'database.connection_pool.max_idle_conns': ['DB_MAX_IDLE_CONNS'],
  'database.connection_pool.conn_max_lifetime': ['DB_CONN_MAX_LIFETIME'],
  'database.connection_pool.conn_max_idle_time': ['DB_CONN_MAX_IDLE_TIME'],
  'database.redis.host': ['REDIS_HOST', 'TMI_DATABASE_REDIS_HOST'],
  'database.redis.port': ['REDIS_PORT', 'TMI_DATABASE_REDIS_PORT'],
  'database.redis.password': ['REDIS_PASSWORD', 'TMI_DATABASE_REDIS_PASSWORD'],
  'database.redis.db': ['REDIS_DB', 'TMI_DATABASE_REDIS_DB'],
  'auth.jwt.secret': ['JWT_SECRET', 'TMI_AUTH_JWT_SECRET'],
  'auth.jwt.expiration_seconds': ['JWT_EXPIRATION_SECONDS', 'TMI_AUTH_JWT_EXPIRATION_SECONDS'],
  'auth.jwt.signing_method': ['JWT_SIGNING_METHOD', 'TMI_AUTH_JWT_SIGNING_METHOD'],
  'auth.oauth.callback_url': ['OAUTH_CALLBACK_URL', 'TMI_AUTH_OAUTH_CALLBACK_URL'],
  'auth.saml.enabled': ['SAML_ENABLED'],
  'auth.auto_promote_first_user': ['AUTH_AUTO_PROMOTE_FIRST_USER', 'TMI_ADMIN_USERS_AUTO_PROMOTE_FIRST'],
  'websocket.inactivity_timeout_seconds': ['WEBSOCKET_INACTIVITY_TIMEOUT_SECONDS'],
  'logging.level': ['LOG_LEVEL', 'LOGGING_LEVEL', 'TMI_LOGGING_LEVEL'],
  'logging.is_dev': ['LOGGING_IS_DEV', 'TMI_LOGGING_IS_DEV'],
  'logging.is_test': ['LOGGING_IS_TEST', 'TMI_LOGGING_IS_TEST'],
  'logging.log_dir': ['LOGGING_LOG_DIR', 'TMI_LOGGING_LOG_DIR'],
  'logging.max_age_days': ['LOGGING_MAX_AGE_DAYS', 'TMI_LOGGING_MAX_AGE_DAYS'],
  'logging.max_size_mb': ['LOGGING_MAX_SIZE_MB', 'TMI_LOGGING_MAX_SIZE_MB'],
  'logging.max_backups': ['LOGGING_MAX_BACKUPS', 'TMI_LOGGING_MAX_BACKUPS'],
  'logging.also_log_to_console': ['LOGGING_ALSO_LOG_TO_CONSOLE', 'TMI_LOGGING_ALSO_LOG_TO_CONSOLE'],
  'logging.log_api_requests': ['LOGGING_LOG_API_REQUESTS', 'TMI_LOGGING_LOG_API_REQUESTS'],
  'logging.log_api_responses': ['LOGGING_LOG_API_RESPONSES', 'TMI_LOGGING_LOG_API_RESPONSES'],
  'logging.log_websocket_messages': ['LOGGING_LOG_WEBSOCKET_MESSAGES', 'TMI_LOGGING_LOG_WEBSOCKET_MESSAGES'],
  'logging.redact_auth_tokens': ['LOGGING_REDACT_AUTH_TOKENS', 'TMI_LOGGING_REDACT_AUTH_TOKENS'],
  'logging.suppress_unauthenticated_logs': [
    'LOGGING_SUPPRESS_UNAUTH_LOGS',
    'TMI_LOGGING_SUPPRESS_UNAUTH_LOGS',
  ],
  'operator.name': ['OPERATOR_NAME'],
  'operator.contact': ['OPERATOR_CONTACT'],
  'timmy.text_embedding_provider': ['TMI_TIMMY_EMBEDDING_PROVIDER'],
  'timmy.text_embedding_model': ['TMI_TIMMY_EMBEDDING_MODEL'],
  'timmy.text_embedding_api_key': ['TMI_TIMMY_EMBEDDING_API_KEY'],
  'timmy.text_embedding_base_url': ['TMI_TIMMY_EMBEDDING_BASE_URL'],
  'timmy.text_retrieval_top_k': ['TMI_TIMMY_RETRIEVAL_TOP_K'],
  'ssrf.timmy.allowlist': ['TMI_TIMMY_SSRF_ALLOWLIST'],
  'observability.enabled': ['OTEL_ENABLED'],
  'observability.sampling_rate': ['OTEL_TRACING_SAMPLE_RATE'],
};

export interface LegacyVariable {
  readonly name: string;
  readonly path: string;
  /** The variable of today; null when the setting has none any more. */
  readonly env: string | null;
}

let byName: ReadonlyMap<string, LegacyVariable> | undefined;

/** What a variable of an earlier release meant; undefined when no release knew it. */
export function findLegacyVariable(name: string): LegacyVariable | undefined {
  byName ??= new Map(
    Object.entries(formerVariables).flatMap(([path, names]) =>
      names.map((old) => [old, { name: old, path, env: settingByPath(path)?.env ?? null }] as const),
    ),
  );
  return byName.get(name);
}

const plain = (prefix: string, parts: readonly string[]): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(parts.map((part) => [part, [`${prefix}_${part.toUpperCase()}`]]));

const credentials = ['host', 'port', 'user', 'password', 'database'];

/**
 * Variables of earlier releases that together made `database.url`, by engine and part of the URL, each part with
 * all its names. `DATABASE_TYPE` said which engine was meant.
 */
export const composedUrlVariables: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  postgres: {
    host: ['POSTGRES_HOST', 'DB_HOST', 'TMI_DATABASE_POSTGRES_HOST'],
    port: ['POSTGRES_PORT', 'DB_PORT', 'TMI_DATABASE_POSTGRES_PORT'],
    user: ['POSTGRES_USER', 'DB_USERNAME', 'TMI_DATABASE_POSTGRES_USER'],
    password: ['POSTGRES_PASSWORD', 'DB_PASSWORD', 'TMI_DATABASE_POSTGRES_PASSWORD'],
    database: ['POSTGRES_DATABASE', 'DB_NAME', 'TMI_DATABASE_POSTGRES_DATABASE'],
    sslmode: ['POSTGRES_SSL_MODE', 'TMI_DATABASE_POSTGRES_SSLMODE'],
  },
  mysql: plain('MYSQL', credentials),
  sqlserver: plain('SQLSERVER', credentials),
  oracle: plain('ORACLE', ['connect_string', 'user', 'password']),
  sqlite: plain('SQLITE', ['path']),
};

/** Named the engine in releases that composed the URL. */
export const engineVariable = 'DATABASE_TYPE';

/** Variables that a Heroku dyno sets under its own names. Only `PORT` is read by the server itself. */
export const herokuVariables: Readonly<Record<string, { readonly path: string; readonly note: string }>> = {
  DATABASE_URL: {
    path: 'database.url',
    note: 'set by the Heroku Postgres add-on; the server reads TMI_DATABASE_URL',
  },
  REDIS_URL: { path: 'database.redis.url', note: 'set by the Redis add-on; the server reads TMI_REDIS_URL' },
  PORT: { path: 'server.port', note: 'read when TMI_SERVER_PORT is not set' },
};
