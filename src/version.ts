/** Facts about this build. `scripts/build.mjs` puts them in; run from source they say so. */
export interface BuildInfo {
  readonly version: string;
  readonly commit: string;
  readonly builtAt: string;
}

declare const __BUILD_INFO__: BuildInfo | undefined;

export const buildInfo: BuildInfo =
  typeof __BUILD_INFO__ === 'undefined'
    ? { version: 'from-source', commit: 'unknown', builtAt: 'unknown' }
    : __BUILD_INFO__;
