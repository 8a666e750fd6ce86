import { ToolError } from '../errors/index.js';

/** Seconds that a database may take for one answer: a minute, or an hour for work on all of it. */
const ANSWER_SECONDS = 60;
const LONG_ANSWER_SECONDS = 3600;
const VARIABLE = 'TMI_DBTOOL_ANSWER_TIMEOUT';

/**
 * Milliseconds that a database may take for one answer; zero for no limit.
 * @param environment may say otherwise, in seconds
 * @throws ToolError `usage/bad-argument`
 */
export function answerTimeout(
  environment: Readonly<Record<string, string | undefined>>,
  longWork: boolean,
): number {
  const text = environment[VARIABLE] ?? '';
  if (text === '') return (longWork ? LONG_ANSWER_SECONDS : ANSWER_SECONDS) * 1000;
  const seconds = Number(text);
  if (seconds >= 0 && seconds <= 86_400) return seconds * 1000;
  throw new ToolError('usage/bad-argument', `${VARIABLE} is no number of seconds from 0 to 86400`, {
    hint: '0 means no limit.',
  });
}
