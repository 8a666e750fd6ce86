/** What encrypted values in the database begin with. A stored value that begins so counts as encrypted, whatever it is. */
export const ENVELOPE_PREFIX = 'ENC:v1:';
