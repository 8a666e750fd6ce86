import { ToolError } from '../errors/index.js';

/** Set to anything but 0 or false, it forbids every reset; nothing overrides it. */
export const PROHIBIT_RESET = 'TMI_DBTOOL_PROHIBIT_RESET';

export interface ResetCircumstances {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What makes this a production database, in words; undefined when nothing does. */
  readonly production: string | undefined;
  readonly allowProduction: boolean;
  /** A backup will be written to a file of this machine. */
  readonly backsUp: boolean;
}

const isOn = (value: string | undefined): boolean => !/^(|0|false)$/i.test(value?.trim() ?? '');

/** @throws ToolError `backup/ephemeral-disk` on a dyno, whose disk is gone with it */
export function assertLastingDisk(environment: ResetCircumstances['environment']): void {
  if ((environment['DYNO'] ?? '') === '') return;
  throw new ToolError(
    'backup/ephemeral-disk',
    "The backup would exist only on this dyno's disk, which vanishes with it",
    {
      hint: 'Send one elsewhere first (db backup --output - | …), then run this with --no-backup.',
    },
  );
}

/**
 * The gates that no confirmation opens.
 * @throws ToolError `reset/prohibited`, `reset/release-phase`, `reset/production`, `backup/ephemeral-disk`
 */
export function checkResetGates(circumstances: ResetCircumstances): void {
  const { environment, production, allowProduction, backsUp } = circumstances;
  const dyno = environment['DYNO'] ?? '';
  if (isOn(environment[PROHIBIT_RESET])) {
    throw new ToolError('reset/prohibited', `${PROHIBIT_RESET} forbids every reset here`, {
      hint: 'Whoever set it meant it. Nothing overrides it.',
    });
  }
  if (dyno.startsWith('release')) {
    throw new ToolError('reset/release-phase', 'A release phase never resets a database', {
      hint: 'It runs again on every configuration change and rollback. Use a one-off dyno: heroku run tmi-dbtool db reset …',
    });
  }
  if (production !== undefined && !allowProduction) {
    throw new ToolError('reset/production', `This is a production database: ${production}`, {
      hint: 'Check the URL. If you mean it: --allow-production, beside the confirmation.',
    });
  }
  if (backsUp) assertLastingDisk(environment);
}
