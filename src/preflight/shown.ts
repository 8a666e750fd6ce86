import type { SettingKey } from '../config/setting-key.js';
import { displayReference, isReference } from '../config/reference.js';
import { isHidden, maskByForm } from '../redact/index.js';
import { SECRET_MASK } from '../values/secret-value.js';

const LONGEST = 80;

/** A value as a finding may show it: secrets masked, references readable, all else cut after the first word. */
export function shownText(key: Pick<SettingKey, 'secret' | 'setting'>, text: string): string {
  if (isReference(text)) return displayReference(text);
  if (isHidden(key) && text !== '') return SECRET_MASK;
  // What follows white space may be another line that slipped into the value, and be anything.
  const [first = ''] = maskByForm(text.trimStart()).split(/\s/, 1);
  const cut = first.slice(0, LONGEST);
  return cut.length < text.trim().length ? `${cut}…` : cut;
}
