import { Connection } from './connection.js';
import { constants } from './constants.js';
import { driverError, serverError } from './error.js';
import { schemaOf } from './server.js';

interface Settings {
  readonly user?: string;
  readonly password?: string;
  readonly connectString?: string;
}

const { OUT_FORMAT_ARRAY, OUT_FORMAT_OBJECT } = constants;
const types = Object.fromEntries(
  Object.entries(constants).filter(([name]) => name.startsWith('DB_TYPE_')),
) as typeof constants;

/** Connections that were opened, so that a test can cut them. */
export const connections: Connection[] = [];

/**
 * A driver in the shape of oracledb, for a server that exists in this process. Replace the module with it:
 * `vi.mock('oracledb', async () => ({ default: (await import('…/stand-ins/oracle/driver.js')).driver }))`.
 */
export const driver = {
  ...types,
  OUT_FORMAT_ARRAY,
  OUT_FORMAT_OBJECT,
  /** The driver's older word. */
  STRING: constants.DB_TYPE_VARCHAR,
  getConnection({ user, password, connectString = '' }: Settings): Promise<Connection> {
    return new Promise((resolve) => {
      const schema = schemaOf(connectString);
      if (!schema) throw driverError('NJS-518', 'Service is not registered with the listener');
      const known = user?.toUpperCase() === schema.user && password === schema.password;
      if (!known) throw serverError(1017);
      const connection = new Connection(schema);
      connections.push(connection);
      resolve(connection);
    });
  },
};
