import { namesIn, type FaultWording } from '../../fault-names.js';
import type { ClassifiedFault, FaultName } from '../../faults.js';
import { networkFault, textOf } from '../../network-faults.js';

/** Numbers of the server's errors. MariaDB's own begin at 4000. */
const numbers: Readonly<Record<number, FaultName>> = {
  // MariaDB 11.6 and later, where others changed a row that the transaction has seen.
  1020: 'conflict',
  1021: 'no-space',
  1040: 'too-many-connections',
  1044: 'login-refused',
  1045: 'login-refused',
  1048: 'constraint',
  1049: 'no-such-database',
  1053: 'not-ready',
  1062: 'constraint',
  1114: 'no-space',
  1129: 'login-refused',
  1130: 'login-refused',
  1142: 'permission',
  1143: 'permission',
  1146: 'no-such-table',
  1203: 'too-many-connections',
  1205: 'busy',
  1213: 'conflict',
  1226: 'too-many-connections',
  1227: 'permission',
  1251: 'login-refused',
  1264: 'constraint',
  1265: 'constraint',
  1290: 'read-only',
  1292: 'constraint',
  1366: 'constraint',
  1370: 'permission',
  1406: 'constraint',
  1412: 'changed-meanwhile',
  1451: 'constraint',
  1452: 'constraint',
  1524: 'login-refused',
  1698: 'login-refused',
  1792: 'read-only',
  1836: 'read-only',
  1862: 'password-expired',
  1927: 'connection-lost',
  3118: 'account-locked',
  3159: 'tls-required',
  3819: 'constraint',
  3024: 'busy',
  4025: 'constraint',
};

/** Words of the driver itself. */
const words: Readonly<Record<string, FaultName>> = {
  HANDSHAKE_NO_SSL_SUPPORT: 'tls-unsupported',
  HANDSHAKE_SSL_ERROR: 'tls-failed',
  HANDSHAKE_UNKNOWN_ERROR: 'broken-at-login',
  PROTOCOL_CONNECTION_LOST: 'connection-lost',
  PROTOCOL_SEQUENCE_TIMEOUT: 'timeout',
  AUTH_SWITCH_PLUGIN_ERROR: 'login-refused',
  ER_SERVER_SHUTDOWN: 'connection-lost',
  TMI_SETTINGS_LOST: 'settings-lost',
};

/** Values stand before the names, so the end decides; texts of foreign keys and checks hold none. */
const wordings: FaultWording = [
  /^Cannot (?:add or update a child|delete or update a parent) row: a foreign key constraint fails \((?:`[^`]*`\.)?`(?<table>[^`]*)`, CONSTRAINT `(?<constraint>[^`]*)`/,
  /^CONSTRAINT `(?<constraint>[^`]*)` failed for (?:`[^`]*`\.)?`(?<table>[^`]*)`$/,
  /^Check constraint '(?<constraint>[^']*)' is violated\.$/,
  /^Column '(?<column>[^']*)' cannot be null$/,
  /^(?:Data too long|Out of range value|Data truncated) for column '(?<column>[^']*)' at row \d+$/,
  /^Incorrect .* for column `[^`]*`\.`(?<table>[^`]*)`\.`(?<column>[^`]*)` at row \d+$/s,
  /^Incorrect .* for column '(?<column>[^']*)' at row \d+$/s,
  /^Duplicate entry .* for key '(?:(?<table>[^'.]*)\.)?(?<constraint>[^'.]*)'$/s,
];

function numberOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('errno' in error)) return undefined;
  return typeof error.errno === 'number' ? error.errno : undefined;
}

export function classify(error: unknown): ClassifiedFault | undefined {
  const code = textOf(error, 'code');
  const network = networkFault(code);
  if (network) return { fault: network, engineCode: code };
  if (code !== undefined && Object.hasOwn(words, code)) {
    return { fault: words[code] ?? 'unknown', engineCode: code.startsWith('TMI') ? undefined : code };
  }
  const number = numberOf(error);
  if (number !== undefined && number >= 1000) {
    const names = namesIn(textOf(error, 'sqlMessage'), wordings);
    return { fault: numbers[number] ?? 'unknown', engineCode: String(number), names };
  }
  if (/closed state|is closed/.test(textOf(error, 'message') ?? '')) {
    return { fault: 'connection-lost', engineCode: undefined };
  }
  return undefined;
}

export function isMissingTls(error: unknown): boolean {
  return classify(error)?.fault === 'tls-unsupported';
}
