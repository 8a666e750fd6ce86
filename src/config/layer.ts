import type { Position } from '../errors/index.js';
import type { SettingKey } from './setting-key.js';

/** Where a value of a file or variable was written. */
export type Written =
  | { readonly layer: 'file'; readonly file: string; readonly position: Position }
  | { readonly layer: 'environment'; readonly variable: string };

/** A value that a layer holds for a setting, in normal form. The empty text is a value too: somebody wrote it. */
export interface LayerValue {
  readonly key: SettingKey;
  readonly text: string;
  readonly written: Written;
}

/** The values of one layer by setting key. */
export type Layer = ReadonlyMap<string, LayerValue>;
