import { locationOf, type Diagnostic } from '../../src/errors/index.js';
import type { Advice, EffectiveVariable, InlineSecret, ReferenceReport } from '../../src/secrets/index.js';
import { SECRET_MASK } from '../../src/values/index.js';
import type { GlobalOptions } from '../command.js';
import type { Io } from '../io.js';
import { escapeControls } from './escape.js';
import { jsonDocument } from './json.js';
import { styleFor, type Style } from './style.js';
import { alignedTable } from './table.js';

function stateText(report: ReferenceReport, style: Style): string {
  switch (report.state) {
    case 'failed':
      return style.bad(report.fault?.code.replace('secrets/', '') ?? report.state);
    case 'overridden':
      return style.faint(`overridden by $${report.overriddenBy ?? ''}`);
    case 'absent':
    case 'default':
      return style.warn(report.state);
    case 'resolved':
      return style.good(report.state);
  }
}

/** The table of all references, on standard output. */
export async function referencesText(
  reports: readonly ReferenceReport[],
  io: Io,
  options: GlobalOptions,
): Promise<void> {
  if (reports.length === 0) {
    io.stdout.write('no references\n');
    return;
  }
  const style = await styleFor(io.stdout, io, options);
  const rows = reports.map((report) => [
    report.key,
    locationOf(report.origin),
    report.reference,
    report.provider ?? '',
    stateText(report, style),
    report.length === undefined ? '' : String(report.length),
    report.fingerprint ?? '',
  ]);
  const head = ['KEY', 'WHERE', 'REFERENCE', 'PROVIDER', 'STATE', 'LENGTH', 'FINGERPRINT'];
  io.stdout.write(alignedTable(head, rows));
}

/** The same as JSON; see docs/json-output.md. */
export function referencesJson(
  provider: string,
  reports: readonly ReferenceReport[],
  warnings: readonly Diagnostic[],
): string {
  return jsonDocument('resolve-secrets', {
    provider,
    references: reports.map(({ origin, fault, ...report }) => ({
      ...report,
      ...origin,
      ...(fault ? { error: { code: fault.code, reason: fault.reason, hint: fault.hint } } : {}),
    })),
    warnings,
  });
}

/** The effective environment for people: name, value or reference, and where it comes from. */
export function environmentTable(variables: readonly EffectiveVariable[], reveal: boolean): string {
  if (variables.length === 0) return 'no variables\n';
  const rows = variables.map(({ name, value, secret, reference, origin }) => [
    name,
    // One line to a variable: a key of several lines is shown as JSON shows it.
    reveal || !secret ? oneLine(value.reveal()) : (reference ?? SECRET_MASK),
    locationOf(origin) || 'resolved',
  ]);
  return alignedTable(['NAME', 'VALUE', 'FROM'], rows);
}

function oneLine(text: string): string {
  return /[\n\r\t]/.test(text) ? JSON.stringify(text) : text;
}

const adviceTexts: Readonly<Record<Advice, string>> = {
  lift: 'move it to the provider: --lift',
  import: 'belongs in the database: import-legacy',
  local: 'write env://NAME or file://PATH',
  check: 'no server knows the key; is it a secret?',
};

/** The inline secrets of a file, for people. */
export async function inventoryText(
  secrets: readonly InlineSecret[],
  file: string,
  io: Io,
  options: GlobalOptions,
): Promise<void> {
  if (secrets.length === 0) {
    if (!options.quiet) io.stdout.write(`${escapeControls(file)}: no secret stands in the file itself\n`);
    return;
  }
  const style = await styleFor(io.stdout, io, options);
  const rows = secrets.map(({ key, position, advice }) => [
    key,
    style.faint(locationOf({ file, position })),
    adviceTexts[advice],
  ]);
  io.stdout.write(alignedTable(['KEY', 'WHERE', 'WHAT TO DO'], rows));
}

/** The same as JSON. */
export function inventoryJson(secrets: readonly InlineSecret[], file: string): string {
  return jsonDocument('resolve-secrets-inventory', {
    file,
    secrets: secrets.map(({ key, position, advice }) => ({ key, position, advice })),
  });
}
