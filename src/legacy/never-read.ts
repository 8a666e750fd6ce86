import { overriddenBy } from '../config/written.js';
import type { Diagnostic } from '../errors/index.js';
import { effectiveSetting, isSameUse, type EffectiveInputs } from '../settings/effective.js';
import type { PlanOptions } from './plan.js';
import { positionOf, type Remark, type Statement } from './statement.js';

/** Switches of example files that no server ever read: taken at their word, they would change what a server does. */
const neverRead: ReadonlySet<string> = new Set(['saml.enabled']);

export interface SettledSwitches {
  readonly statements: readonly Statement[];
  readonly remarks: readonly Remark[];
  /** Switches that wait for a choice. */
  readonly asked: readonly Diagnostic[];
}

/**
 * Makes a question of every switch that no server has read and that would change what a server uses. `--shadowed file`
 * takes it at its word; `--shadowed env` leaves everything as servers use it, and cuts the dead key.
 */
export function settleNeverRead(
  statements: readonly Statement[],
  layers: EffectiveInputs,
  { shadowed, rewrites = true }: Pick<PlanOptions, 'shadowed' | 'rewrites'>,
  file: string | undefined,
): SettledSwitches {
  const isAsked = ({ key, text, leaves }: Statement): boolean =>
    leaves.length > 0 &&
    leaves.every(({ name }) => neverRead.has(name)) &&
    // A variable of today's name is a shadow of its own.
    !overriddenBy(key, layers) &&
    !isSameUse(key, effectiveSetting(key, layers).text, text);
  const asked = shadowed === 'file' ? [] : statements.filter(isAsked);
  if (shadowed === 'env') {
    const dead = asked.flatMap(({ key, text, leaves }) =>
      leaves.map((leaf): Remark => {
        const action = rewrites ? 'removed' : 'stays';
        return { leaf, action, reason: 'never-read', key, text };
      }),
    );
    return { statements: statements.filter((one) => !asked.includes(one)), remarks: dead, asked: [] };
  }
  return {
    statements,
    remarks: [],
    asked: asked.map((statement): Diagnostic => {
      const position = positionOf(statement);
      return {
        code: 'legacy/never-read',
        severity: 'error',
        message: `${statement.leaves[0]?.name ?? ''} was read by no server; imported, it would make ${statement.key.path} ${statement.text}`,
        key: statement.key.key,
        hint: `Decide with --shadowed file (${statement.key.path} becomes ${statement.text}) or --shadowed env (it stays as servers use it now; the dead key is cut).`,
        ...(file === undefined ? {} : { file }),
        ...(position === undefined ? {} : { position }),
      };
    }),
  };
}
