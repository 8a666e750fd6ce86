import { readEnvironment } from '../../src/config/environment.js';
import { parseYaml } from '../../src/config/yaml/parse.js';
import type { ServerModel } from '../../src/config/precedence.js';
import { ToolError } from '../../src/errors/index.js';
import { isEmptyPlan, type ImportPlan, type PlanOptions } from '../../src/legacy/plan.js';
import { planImport } from '../../src/legacy/plan-import.js';
import { readFileSource } from '../../src/legacy/read-source.js';
import { SettingsCipher } from '../../src/settings/cipher.js';
import { capabilities, storedRow, tableOf } from '../settings/support.js';
import type { ServerState } from './reference-server/index.js';

/** What an import makes of a server's state, without a database: the plan, and the state that it leads to. */
export type Imagined =
  | { readonly kind: 'refused'; readonly codes: readonly string[]; readonly messages: readonly string[] }
  | {
      readonly kind: 'done';
      readonly plan: ImportPlan;
      readonly after: ServerState;
      readonly isIdle: boolean;
    };

/** Plans an import of a state and works out what it would leave behind. Secrets are kept in plain text. */
export function imagineImport(state: ServerState, options: Partial<PlanOptions> = {}): Imagined {
  const rows = state.rows.map(({ key, value, origin, type = 'string' }) =>
    storedRow(key, value, {
      type,
      origin: origin === 'explicit' || origin === 'seeded' ? origin : null,
      originText: origin,
    }),
  );
  let plan: ImportPlan;
  try {
    const document = parseYaml(Buffer.from(state.file), 'config.yml');
    plan = planImport({
      source: readFileSource(document, readEnvironment(state.environment)),
      options: {
        server: state.model satisfies ServerModel,
        onConflict: undefined,
        shadowed: undefined,
        allowPlaintextSecrets: true,
        ...options,
      },
      table: tableOf(rows),
      cipher: SettingsCipher.from({}),
      capabilities,
      production: false,
      now: new Date('2026-11-21T07:45:00.000Z'),
    }).plan;
  } catch (error) {
    if (error instanceof ToolError)
      return { kind: 'refused', codes: [error.code], messages: [error.message] };
    throw error;
  }
  if (plan.blockers.length > 0) {
    const codes = [...new Set(plan.blockers.map(({ code }) => code))];
    return { kind: 'refused', codes, messages: plan.blockers.map(({ message }) => message) };
  }
  const written = new Map(plan.writes.map((write) => [write.key, write]));
  const kept = state.rows.filter(({ key }) => !written.has(key) && !plan.deletes.includes(key));
  const after: ServerState = {
    ...state,
    file: plan.rewrite?.text ?? state.file,
    rows: [
      ...kept,
      ...[...written.values()].map(({ key, stored, origin, type }) => ({ key, value: stored, origin, type })),
    ],
  };
  return { kind: 'done', plan, after, isIdle: isEmptyPlan(plan) };
}
