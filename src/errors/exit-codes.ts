/**
 * The one table of process exit codes. Help, README and tests are derived from it.
 * A process ended by signal n exits with 128+n, as shells expect; see `exitCodeForSignal`.
 */
export const exitCodes = {
  done: { code: 0, meaning: 'done, valid, in sync' },
  failure: { code: 1, meaning: 'failure' },
  usage: { code: 2, meaning: 'the command line is wrong' },
  findings: { code: 3, meaning: 'findings: invalid, drift, conflict, difference' },
  refused: { code: 4, meaning: 'refused by a safety gate' },
  secret: { code: 5, meaning: 'a secret could not be resolved' },
  database: { code: 6, meaning: 'the database or Redis could not be reached or refused the login' },
  locked: { code: 7, meaning: 'a lock is held by another run' },
} as const;

export type ExitName = keyof typeof exitCodes;

/** The signals that the tool handles, by number. What is not caught of SIGQUIT leaves the memory, secrets included, in a file. */
const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 } as const;

export type HandledSignal = keyof typeof signalNumbers;

/** The signals that end a run in an orderly way. */
export const handledSignals = Object.keys(signalNumbers) as HandledSignal[];

/** The exit code of a run that a signal ended: 128 plus the signal's number. */
export function exitCodeForSignal(signal: HandledSignal): number {
  return 128 + signalNumbers[signal];
}
