import { real, type DbType } from './real-driver.js';

export { real as constants, type DbType } from './real-driver.js';

/** The driver's type for one of the catalogue. */
export function dbTypeOf(dataType: string): DbType {
  if (dataType.endsWith('WITH TIME ZONE')) return real.DB_TYPE_TIMESTAMP_TZ;
  if (dataType.endsWith('WITH LOCAL TIME ZONE')) return real.DB_TYPE_TIMESTAMP_LTZ;
  if (dataType.startsWith('TIMESTAMP')) return real.DB_TYPE_TIMESTAMP;
  if (dataType.startsWith('BINARY_')) return real.DB_TYPE_BINARY_DOUBLE;
  const known: Readonly<Record<string, DbType>> = {
    CLOB: real.DB_TYPE_CLOB,
    NCLOB: real.DB_TYPE_NCLOB,
    BLOB: real.DB_TYPE_BLOB,
    RAW: real.DB_TYPE_RAW,
    DATE: real.DB_TYPE_DATE,
    NUMBER: real.DB_TYPE_NUMBER,
    FLOAT: real.DB_TYPE_NUMBER,
  };
  return known[dataType] ?? real.DB_TYPE_VARCHAR;
}
