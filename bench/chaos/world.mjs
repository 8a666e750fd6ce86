// What the tool is told in every scenario.
import { CANARY } from './tool.mjs';

/** Encryption keys of the settings, in hexadecimal: rows are under the first one. */
export const KEYS = ['11'.repeat(32), '22'.repeat(32)];

export const environment = {
  JWT_SECRET: `${CANARY}-jwt-secret-of-more-than-thirty-two-characters`,
  CLIENT_SECRET: `${CANARY}-client`,
  TMI_SECRET_SETTINGS_ENCRYPTION_KEY: KEYS[0],
  EXPORT_KEY: '33'.repeat(32),
};
