import type { Command } from 'commander';
import type { Io } from './io.js';

/** Options that every command takes, as the user typed them. */
export interface GlobalOptions {
  /** Configuration file of the server: where the database, the secrets and the build mode come from. */
  readonly config?: string;
  readonly databaseUrl?: string;
  /** Secret stores may be asked over plain http beyond this machine. */
  readonly allowPlainHttp?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  /** False with `--no-color`. */
  readonly color?: boolean;
  readonly yes?: boolean;
  readonly nonInteractive?: boolean;
}

/** How a command's action ends: with the exit code of the process. */
export type Finish = (exitCode: number) => void;

/** All commands and their groups, for the commands that are about commands: completion, help. */
export interface Program {
  readonly entries: readonly CommandEntry[];
  readonly groups: Readonly<Record<string, CommandGroup>>;
}

/** What a command file exports: options and arguments are declared on `command`, the action calls `finish`. */
export type DefineCommand = (command: Command, io: Io, finish: Finish, program: Program) => void;

/** A word before other words: `db`, `settings`. */
export interface CommandGroup {
  readonly summary: string;
  readonly examples: string;
}

export interface CommandEntry {
  /** The words that call it: `import-legacy`, `db status`. */
  readonly name: string;
  /** Another word for the last one: `ls` for `settings list`. */
  readonly alias?: string;
  readonly group: 'Migration' | 'Configuration' | 'Settings' | 'Secrets' | 'Database' | 'Shell';
  readonly summary: string;
  /** Loads the command's own file only when it is called or its help is asked for. */
  readonly load: () => Promise<{ readonly define: DefineCommand }>;
}
