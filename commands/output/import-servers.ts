import type { ServerModel } from '../../src/config/precedence.js';
import type { ImportPlan } from '../../src/legacy/plan.js';
import { inUse } from '../../src/legacy/show.js';
import { isGuess, serverReasons } from '../../src/settings/which-server.js';
import type { ImportLegacyOptions } from '../import-legacy-options.js';
import { importAgain } from './again.js';
import { escapeControls } from './escape.js';

const names: Readonly<Record<ServerModel, string>> = {
  documented: "a server that follows the documentation, as this tool's library does",
  '1.8': 'a Go server 1.8',
};

/** Which server a plan is made for, and how that is known. */
export function serverText({ options }: Pick<ImportPlan, 'options'>): string {
  const { server, serverReason } = options;
  return serverReason === undefined
    ? `server: ${server}`
    : `server: ${server} (${serverReasons[serverReason]})`;
}

function differenceLines({ other }: Pick<ImportPlan, 'other'>): string[] {
  return (other?.differences ?? []).map(({ key, before, after }) =>
    escapeControls(`  ${key}: ${inUse(before)} -> ${inUse(after)}`),
  );
}

/** What a server of the other model would use otherwise afterwards: nobody promised it anything. */
export function otherServerText(plan: Pick<ImportPlan, 'other'>): string[] {
  const lines = differenceLines(plan);
  if (!plan.other || lines.length === 0) return [];
  return [`other server: ${names[plan.other.server]} would use something else afterwards:`, ...lines];
}

interface GuessView {
  readonly file: string | undefined;
  /** The line to type that takes this run back; undefined when it changed nothing. */
  readonly undo: string | undefined;
  readonly options: ImportLegacyOptions;
}

/** The last lines of a run that had to guess: what the other server would lose, and how to run it again for that one. */
export function guessText(
  plan: Pick<ImportPlan, 'options' | 'other'>,
  { file, undo, options }: GuessView,
): string[] {
  const { serverReason, server } = plan.options;
  if (serverReason === undefined || !isGuess({ model: server, reason: serverReason })) return [];
  const lines = differenceLines(plan);
  if (!plan.other || lines.length === 0) return [];
  const again = importAgain(options, file, plan.other.server);
  return [
    `guessed: ${serverReasons[serverReason]}. If ${names[plan.other.server]} reads this, it loses:`,
    ...lines,
    escapeControls(`  run it again for that one: ${undo === undefined ? again : `${undo} && ${again}`}`),
  ];
}
