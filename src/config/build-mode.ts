import { settingByPath } from '../registry/index.js';
import type { Stated } from './stated.js';

/** The setting that says what an installation is for. */
export const BUILD_MODE = 'auth.build_mode';

export type BuildMode = 'dev' | 'test' | 'production';

/** True for a mode that no server knows, such as `Production`. */
export const isUnknownMode = (text: string): boolean =>
  text !== '' && !settingByPath(BUILD_MODE)?.limits?.enum?.includes(text);

/**
 * What `auth.build_mode` says; undefined when it says nothing. Anything but a mode that servers know (`prod`,
 * `Production`) counts as production: what protects a production server must not depend on its spelling.
 */
export function buildModeOf(stated: Stated): BuildMode | undefined {
  if (stated.kind === 'nothing') return undefined;
  if (stated.kind === 'invalid') return 'production';
  const { text } = stated.value;
  if (text === '') return undefined;
  return text === 'dev' || text === 'test' ? text : 'production';
}
