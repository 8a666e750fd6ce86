import type { SettingKey } from '../config/setting-key.js';
import type { Place } from './finding.js';

/** A value that the server takes, and where from. */
export interface Value {
  readonly key: SettingKey;
  readonly text: string;
  readonly layer: 'file' | 'environment' | 'default';
  readonly place: Place;
}
