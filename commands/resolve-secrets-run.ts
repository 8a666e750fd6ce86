import { allWritten } from '../src/config/written.js';
import { exitCodes, ToolError, type Diagnostic } from '../src/errors/index.js';
import {
  configuredEnvironment,
  configuredReferences,
  createFingerprint,
  faultDiagnostic,
  formatEnvironment,
  inlineSecretSources,
  inlineSecrets,
  isReference,
  readConfigured,
  replaceValues,
  reportReferences,
  resolveEnvironment,
  schemeWarnings,
  type Fingerprint,
  type SecretResult,
} from '../src/secrets/index.js';
import { maskedText } from '../src/redact/document.js';
import { layersOf } from '../src/secrets/configured.js';
import { fileVariables } from '../src/secrets/server-variables.js';
import { SecretValue } from '../src/values/index.js';
import { Context, loadFile, type LoadedFile } from './context.js';
import type { Io } from './io.js';
import { escapeControls, escapeLines } from './output/escape.js';
import { errorText } from './output/error.js';
import type { ResolveSecretsOptions, SecretsRun } from './secrets-run.js';
import {
  environmentTable,
  inventoryJson,
  inventoryText,
  referencesJson,
  referencesText,
} from './output/secrets.js';

type Mode = 'table' | 'check' | 'show' | 'format' | 'render' | 'inventory' | 'lift';

const conflict = (a: string, b: string): ToolError =>
  new ToolError('usage/conflicting-options', `${a} and ${b} exclude each other`);

/** @throws ToolError `usage/conflicting-options`, `usage/bad-argument` */
function modeOf(options: ResolveSecretsOptions): Mode {
  const modes = (['check', 'show', 'format', 'render', 'inventory', 'lift'] as const).filter(
    (mode) => options[mode] !== undefined,
  );
  const [mode = 'table', other] = modes;
  if (other !== undefined) throw conflict(`--${mode}`, `--${other}`);
  if (options.json && (mode === 'show' || mode === 'format' || mode === 'render')) {
    throw conflict('--json', `--${mode}`);
  }
  const needs = (option: string, ...fitting: Mode[]): ToolError =>
    new ToolError('usage/bad-argument', `${option} goes with ${fitting.map((m) => `--${m}`).join(' or ')}`);
  if (options.reveal && mode !== 'format' && mode !== 'render') throw needs('--reveal', 'format', 'render');
  if (options.apply && mode !== 'lift') throw needs('--apply', 'lift');
  if (options.prefix !== undefined && mode !== 'lift') throw needs('--prefix', 'lift');
  if (options.fingerprintKey !== undefined && mode !== 'table') {
    throw new ToolError('usage/bad-argument', '--fingerprint-key goes with the table of references');
  }
  return mode;
}

function requireFile({ loaded }: SecretsRun, option: string): LoadedFile {
  if (loaded) return loaded;
  throw new ToolError('usage/missing-input', `${option} works on a file, and none is named`, {
    hint: `tmi-dbtool resolve-secrets config.yml ${option}`,
  });
}

async function fingerprintOf({ options, context }: SecretsRun): Promise<Fingerprint> {
  const { fingerprintKey: text } = options;
  if (text === undefined) return createFingerprint();
  if (!isReference(text)) {
    throw new ToolError(
      'usage/bad-argument',
      '--fingerprint-key takes a reference, so that the key stands in no argument list',
      {
        hint: 'For example: --fingerprint-key env://FINGERPRINT_KEY',
      },
    );
  }
  const source = { key: '--fingerprint-key', text, origin: {} };
  return createFingerprint((await (await context.secrets()).resolve([source])).get(source.key));
}

function unresolved(results: readonly SecretResult[]): ToolError | undefined {
  const diagnostics = results.flatMap((r) =>
    r.state === 'failed' ? [faultDiagnostic(r.source, r.fault)] : [],
  );
  if (diagnostics.length === 0) return undefined;
  const what = diagnostics.length === 1 ? 'a secret' : `${diagnostics.length} secrets`;
  return new ToolError('secrets/unresolved', `${what} could not be resolved`, { diagnostics });
}

function warningsText(warnings: readonly Diagnostic[]): string {
  if (warnings.length === 0) return '';
  const error = new ToolError('secrets/suspicious-scheme', 'values look like mistyped references', {
    diagnostics: warnings,
  });
  return errorText(error).replace(/^error:/, 'warning:');
}

async function runTable(run: SecretsRun, check: boolean): Promise<number> {
  const { options, io, configured, context } = run;
  const fingerprint = await fingerprintOf(run);
  const secrets = await context.secrets();
  const { reports, results } = await reportReferences(configuredReferences(configured), secrets, fingerprint);
  const warnings = schemeWarnings(inlineSecretSources(configured));
  const error = unresolved(results);
  if (options.json) io.stdout.write(referencesJson(secrets.provider, reports, warnings));
  else {
    if (!check) await referencesText(reports, io, options);
    if (error) io.stderr.write(errorText(error));
    io.stderr.write(warningsText(warnings));
  }
  if (error) return error.exitCode;
  return check && warnings.length > 0 ? exitCodes.findings.code : exitCodes.done.code;
}

/** The value of one setting or variable, by path, database key or variable: what the server takes. */
async function runShow({ io, configured, context }: SecretsRun, wanted: string): Promise<number> {
  const { environment } = configured;
  // A variable that is not set may have its value in the file.
  const inFile = fileVariables(configured).variables.find(({ name }) => name === wanted);
  const reference = configuredReferences(configured).find(
    ({ source, overriddenBy }) =>
      overriddenBy === undefined &&
      (source.key === wanted || source.key === inFile?.key || source.origin.variable === wanted),
  );
  const value = allWritten(layersOf(configured)).find(({ key }) => key.key === wanted || key.path === wanted);
  const variable = environment[wanted];
  const source =
    reference?.source ??
    (value && { key: value.key.path, text: value.text, origin: {} }) ??
    (variable === undefined || variable === '' ? undefined : { key: wanted, text: variable, origin: {} }) ??
    inFile;
  if (!source) {
    throw new ToolError('usage/bad-argument', `${wanted} has no value in the file or the environment`, {
      hint: 'All references with their keys: tmi-dbtool resolve-secrets',
    });
  }
  const text = reference
    ? (await (await context.secrets()).resolve([source])).get(source.key)
    : new SecretValue(source.text);
  if (text === undefined) {
    throw new ToolError('usage/bad-argument', `${wanted} is optional and has no value`);
  }
  warnOnTerminal(io);
  // In a pipe exactly the value; on a terminal the prompt wants a line of its own, and nothing may steer.
  io.stdout.write(io.stdout.isTTY ? `${escapeLines(text.reveal())}\n` : text.reveal());
  return exitCodes.done.code;
}

function warnOnTerminal(io: Io): void {
  if (io.stdout.isTTY) io.stderr.write('warning: secrets follow; they stay in what this terminal keeps\n');
}

async function runFormat({ options, io, configured, context }: SecretsRun): Promise<number> {
  const reveal = options.reveal ?? false;
  // Also without --reveal, so that the exit code says whether the environment works.
  const resolved = await resolveEnvironment(configured, await context.secrets());
  const { variables, left } = reveal ? resolved : configuredEnvironment(configured);
  const view = options.format ?? 'text';
  const text =
    view === 'text' ? environmentTable(variables, reveal) : formatEnvironment(variables, view, reveal);
  if (reveal) warnOnTerminal(io);
  io.stdout.write(text);
  for (const { message } of left) io.stderr.write(`warning: ${escapeControls(message)}\n`);
  return exitCodes.done.code;
}

/** The file as it is, with its secrets masked or its references resolved. */
async function runRender(run: SecretsRun): Promise<number> {
  const { options, io, configured, context } = run;
  const { document } = requireFile(run, '--render');
  if (!options.reveal) {
    io.stdout.write(maskedText(document));
    return exitCodes.done.code;
  }
  const leaves = configured.leaves.filter(({ node }) => node.kind === 'scalar' && isReference(node.text));
  const used = configuredReferences(configured).filter(({ source }) => source.origin.file !== undefined);
  const results = await (await context.secrets()).tryResolve(used.map(({ source }) => source));
  const error = unresolved(results);
  if (error) throw error;
  const replacements = leaves.flatMap((leaf) => {
    const index = used.findIndex(({ source }) => source.origin.position === leaf.position);
    const result = results[index];
    if (!result) return [];
    return [{ leaf, text: 'value' in result ? result.value : new SecretValue('') }];
  });
  warnOnTerminal(io);
  io.stdout.write(
    new TextDecoder('utf-8', { ignoreBOM: true }).decode(replaceValues(document, replacements)),
  );
  return exitCodes.done.code;
}

async function runInventory(run: SecretsRun): Promise<number> {
  const { options, io, configured } = run;
  const { file } = requireFile(run, '--inventory');
  const secrets = inlineSecrets(configured);
  if (options.json) io.stdout.write(inventoryJson(secrets, file.name));
  else await inventoryText(secrets, file.name, io, options);
  return secrets.length === 0 ? exitCodes.done.code : exitCodes.findings.code;
}

async function dispatch(mode: Mode, run: SecretsRun): Promise<number> {
  switch (mode) {
    case 'table':
    case 'check':
      return runTable(run, mode === 'check');
    case 'show':
      return runShow(run, run.options.show ?? '');
    case 'format':
      return runFormat(run);
    case 'render':
      return runRender(run);
    case 'inventory':
      return runInventory(run);
    case 'lift': {
      const { runLift } = await import('./resolve-secrets-lift.js');
      return runLift(run, requireFile(run, '--lift'));
    }
  }
}

/**
 * Runs `resolve-secrets`.
 * @returns 0; 3 when an inventory finds secrets or `--check` mistyped references; 5 when a reference has no value
 */
export async function runResolveSecrets(
  file: string | undefined,
  options: ResolveSecretsOptions,
  io: Io,
): Promise<number> {
  const mode = modeOf(options);
  if (file !== undefined && options.config !== undefined) throw conflict('a file', '--config');
  // The file is read once: it is the configuration, too, and `others` do not name it again.
  const { config, ...others } = options;
  const name = file ?? config;
  const loaded = name === undefined ? undefined : await loadFile(name, io);
  const context = new Context(io, others, loaded);
  const configured = readConfigured(loaded?.document, io.env);
  try {
    return await dispatch(mode, { options, io, loaded, configured, context });
  } finally {
    await context.close();
  }
}
