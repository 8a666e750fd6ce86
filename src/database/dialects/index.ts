import type { EngineName } from '../engine-name.js';
import type { Dialect } from './dialect.js';

/** Every engine that the tool connects to, each loaded with its driver when a URL asks for it. */
const dialects: Readonly<Record<EngineName, () => Promise<Dialect>>> = {
  sqlite: async () => (await import('./sqlite/index.js')).sqlite,
  postgres: async () => (await import('./postgres/index.js')).postgres,
  mysql: async () => (await import('./mysql/index.js')).mysql,
  mssql: async () => (await import('./mssql/index.js')).mssql,
  oracle: async () => (await import('./oracle/index.js')).oracle,
};

export const loadDialect = (engine: EngineName): Promise<Dialect> => dialects[engine]();
