import { access } from '../config/files/at-once.js';

/** The files that an import leaves beside the configuration. */
export interface SidecarNames {
  readonly backup: string;
  readonly receipt: string;
}

/** `20261121-074500`, in UTC, as the database's times are. */
export function stamp(now: Date): string {
  return now.toISOString().slice(0, 19).replaceAll('-', '').replaceAll(':', '').replace('T', '-');
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/**
 * Names for backup and receipt that nothing has yet. Two runs within one second get seconds of their own.
 * @param base path of the configuration file
 */
export async function freeSidecarNames(base: string, now: Date): Promise<SidecarNames> {
  for (let second = 0; ; second += 1) {
    const at = stamp(new Date(now.getTime() + second * 1000));
    const names = { backup: `${base}.${at}.bak`, receipt: `${base}.${at}.receipt.json` };
    if (!(await exists(names.backup)) && !(await exists(names.receipt))) return names;
  }
}
