/** Facts about this build. `scripts/build.mjs` puts them in; run from source they say so. */
export interface BuildInfo {
  readonly version: string;
  readonly commit: string;
  readonly builtAt: string;
  /** Names of the packages that stay outside of the build: drivers and cloud clients. */
  readonly packages: readonly string[];
}

declare const __BUILD_INFO__: BuildInfo | undefined;

export const buildInfo: BuildInfo =
  typeof __BUILD_INFO__ === 'undefined'
    ? { version: 'from-source', commit: 'unknown', builtAt: 'unknown', packages: [] }
    : __BUILD_INFO__;
