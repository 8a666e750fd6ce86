import type { Configured } from '../src/secrets/index.js';
import type { GlobalOptions } from './command.js';
import type { Context, LoadedFile } from './context.js';
import type { Io } from './io.js';

/** What `--format` takes: a table for people, or text that a program reads. */
export const environmentViews = ['text', 'json', 'dotenv', 'shell', 'yaml'] as const;
export type EnvironmentView = (typeof environmentViews)[number];

/** The options of `resolve-secrets` as commander hands them over. */
export interface ResolveSecretsOptions extends GlobalOptions {
  readonly check?: boolean;
  readonly show?: string;
  readonly format?: EnvironmentView;
  readonly reveal?: boolean;
  readonly render?: boolean;
  readonly inventory?: boolean;
  readonly lift?: boolean;
  readonly apply?: boolean;
  readonly prefix?: string;
  readonly fingerprintKey?: string;
}

/** The run of one command: what was loaded, and what is opened on demand. */
export interface SecretsRun {
  readonly options: ResolveSecretsOptions;
  readonly io: Io;
  readonly loaded: LoadedFile | undefined;
  readonly configured: Configured;
  readonly context: Context;
}
