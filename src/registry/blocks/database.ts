import { bootstrap } from '../define.js';
import { portLimits } from './server.js';

export const databaseSettings = [
  bootstrap('database.url', 'string', {
    required: true,
    secret: true,
    description:
      'Connection URL of the database: postgres, mysql, sqlserver, oracle or sqlite. Percent-encode special characters of user and password.',
    example: 'vault://tmi/database_url',
  }),
  bootstrap('database.oracle_wallet_location', 'string', {
    env: 'TMI_ORACLE_WALLET_LOCATION',
    description: 'Folder of the unpacked Oracle wallet with tnsnames.ora. Oracle Autonomous Database only.',
    example: '/etc/tmi/wallet',
  }),
  bootstrap('database.connection_pool.max_open_conns', 'int', {
    default: '10',
    env: 'TMI_DB_MAX_OPEN_CONNS',
    description:
      'Most database connections that one server process opens. Keep the sum over all processes below the limit of the database.',
    example: '20',
  }),
  bootstrap('database.connection_pool.max_idle_conns', 'int', {
    default: '2',
    env: 'TMI_DB_MAX_IDLE_CONNS',
    description: 'Most unused connections that are kept open for the next request.',
    example: '5',
  }),
  bootstrap('database.connection_pool.conn_max_lifetime', 'int', {
    default: '240',
    env: 'TMI_DB_CONN_MAX_LIFETIME',
    description:
      'Seconds after which a connection is replaced. Keep it below the time after which a firewall or the database drops connections.',
    example: '600',
  }),
  bootstrap('database.connection_pool.conn_max_idle_time', 'int', {
    default: '30',
    env: 'TMI_DB_CONN_MAX_IDLE_TIME',
    description: 'Seconds after which an unused connection is closed.',
    example: '60',
  }),
  bootstrap('database.redis.url', 'string', {
    env: 'TMI_REDIS_URL',
    secret: true,
    description:
      'Connection URL of Redis; rediss:// uses TLS. Takes the place of host, port, password and database number.',
    example: 'vault://tmi/redis_url',
  }),
  bootstrap('database.redis.host', 'string', {
    default: 'localhost',
    env: 'TMI_REDIS_HOST',
    description: 'Host name or address of Redis, when no URL is given.',
    example: 'redis.internal.example.com',
  }),
  bootstrap('database.redis.port', 'string', {
    default: '6379',
    env: 'TMI_REDIS_PORT',
    limits: portLimits,
    description: 'TCP port of Redis, when no URL is given. Quote it in the file: it is text there.',
    example: '6380',
  }),
  bootstrap('database.redis.password', 'string', {
    env: 'TMI_REDIS_PASSWORD',
    secret: true,
    description: 'Password of Redis, when no URL is given. It may not equal the JWT secret.',
    example: 'vault://tmi/redis_password',
  }),
  bootstrap('database.redis.db', 'int', {
    default: '0',
    env: 'TMI_REDIS_DB',
    description: 'Number of the Redis database. Choose another one when several servers share a Redis.',
    example: '1',
  }),
];
