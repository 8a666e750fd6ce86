import { textOf } from '../database/portable.js';
import { systemSettings } from '../settings/table.js';
import type { LoadSource } from './load.js';
import { readBackup } from './read.js';

/** A setting as the backup has it. `stored` may be a secret in the clear. */
export interface BackedUpSetting {
  readonly key: string;
  readonly stored: string;
}

/** The rows of the settings table in a backup; none where it has no such table. */
export async function settingsIn({
  open,
  keys,
  signal,
  mostRowBytes,
}: Pick<LoadSource, 'open' | 'keys' | 'signal' | 'mostRowBytes'>): Promise<BackedUpSetting[]> {
  const settings: BackedUpSetting[] = [];
  const wants = (name: string): boolean => name.toLowerCase() === systemSettings.name;
  const reading = { values: true, sums: false, digests: 'none', wants, mostRowBytes } as const;
  const { events } = await readBackup(open(), keys, signal, reading);
  let places: readonly number[] | undefined;
  for await (const event of events) {
    if (event.type === 'table' && wants(event.name)) {
      const names = event.columns.map(({ name }) => name.toLowerCase());
      places = ['setting_key', 'value'].map((name) => names.indexOf(name));
    } else if (event.type === 'rows' && places) {
      for (const row of event.rows) {
        const [key, stored] = places.map((place) => textOf(row[place] ?? null) ?? '');
        settings.push({ key: key ?? '', stored: stored ?? '' });
      }
    } else if (event.type === 'end' && places) break;
  }
  return settings;
}
