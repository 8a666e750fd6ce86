import path from 'node:path';
import { readInputSync } from '../src/config/files/input.js';
import { refuseUntidyUrl } from '../src/database/tidy-url.js';
import { exitCodes, ToolError, type ExitName } from '../src/errors/index.js';
import { sortFindings, type Finding } from '../src/preflight/finding.js';
import type { RuleFacts } from '../src/preflight/rule.js';
import { allRules, serverRules, workerRules } from '../src/preflight/rules/index.js';
import { isChosen } from '../src/preflight/selection.js';
import { validate, type SourceFile, type Validation } from '../src/preflight/validate.js';
import type { Io } from './io.js';
import { styleFor } from './output/style.js';
import {
  isFailure,
  type Unchecked,
  type ValidatedTarget,
  type ValidationReport,
} from './output/validation.js';
import type { ServerChoice } from '../src/config/precedence.js';
import type { Configuration } from '../src/preflight/configuration.js';
import { isReference } from '../src/config/reference.js';
import { SecretValue } from '../src/values/secret-value.js';
import { statedServer } from './stated-server.js';
import { readRequest, type ValidateConfigOptions, type ValidationRequest } from './validation-options.js';

const STDIN = '-';

async function readSource(name: string, io: Io): Promise<SourceFile> {
  if (name === STDIN) return { name: '<stdin>', bytes: await io.readStdin() };
  try {
    // Read at once: for a short run the way through the thread pool costs more than the reading.
    return { name, bytes: readInputSync(path.resolve(io.cwd, name)) };
  } catch (error) {
    const { fileError } = await import('../src/config/files/read.js');
    throw fileError(name, error);
  }
}

/** A file that cannot be read is a finding like others, so that the rest is still checked. */
function unreadable(name: string, error: ToolError, { profile }: ValidationRequest): ValidatedTarget {
  const finding: Finding = {
    rule: 'cannot-read-file',
    severity: 'error',
    message: error.message,
    file: name,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  };
  return { file: name, profile: profile ?? 'production', findings: [finding], snippets: () => undefined };
}

/** The tiers that need a network: secrets, database, Redis and files beside the configuration. */
async function withOnlineTiers(
  validation: Validation,
  request: ValidationRequest,
  io: Io,
): Promise<Validation> {
  const online = request.tiers.has('secrets') || request.tiers.has('environment');
  if (!online || !validation.configuration) return validation;
  const { checkOnline } = await import('../src/preflight/online/index.js');
  const findings = await checkOnline(validation, request, {
    baseDirectory: io.cwd,
    allowPlainHttp: request.allowPlainHttp,
    now: io.now(),
    signal: io.signal,
  });
  return { ...validation, findings: sortFindings(findings) };
}

async function validateOne(
  name: string | undefined,
  environment: Io['env'],
  request: ValidationRequest,
  io: Io,
): Promise<ValidatedTarget> {
  let source: SourceFile | undefined;
  try {
    source = name === undefined ? undefined : await readSource(name, io);
  } catch (error) {
    if (name === undefined || !(error instanceof ToolError)) throw error;
    return unreadable(name, error, request);
  }
  const text = source && { text: Buffer.from(source.bytes).toString('utf8'), file: source.name };
  const server: ServerChoice = statedServer(request, { env: environment }, text)?.model ?? 'auto';
  const known = { ...request, server };
  return withOnlineTiers(await validate(source, environment, known), known, io);
}

/** The exit code of a report: that of the findings that make it fail, a wrong configuration before missing services. */
function exitOf({ findings, failOn }: ValidationReport): number {
  const exits = new Set(
    findings
      .filter((finding) => isFailure(finding, failOn))
      .map(({ rule }): ExitName => allRules.find(({ id }) => id === rule)?.exit ?? 'findings'),
  );
  const order: readonly ExitName[] = ['failure', 'findings', 'secret', 'database'];
  return exitCodes[order.find((exit) => exits.has(exit)) ?? 'done'].code;
}

async function render(
  report: ValidationReport,
  { format }: ValidationRequest,
  options: ValidateConfigOptions,
  io: Io,
): Promise<string> {
  switch (format) {
    case 'text': {
      const { validationText } = await import('./output/diagnostics-text.js');
      return validationText(report, await styleFor(io.stdout, io, options), options.quiet ?? false);
    }
    case 'json':
      return (await import('./output/validation-json.js')).validationJson(report);
    case 'github':
      return (await import('./output/github.js')).validationGithub(report);
    case 'markdown':
      return (await import('./output/markdown.js')).validationMarkdown(report);
    case 'gitlab':
      return (await import('./output/code-quality.js')).validationCodeQuality(report);
    case 'sarif':
      return (await import('./output/sarif.js')).validationSarif(report);
    case 'junit':
      return (await import('./output/junit.js')).validationJunit(report);
  }
}

function rulesThatRan(rules: readonly RuleFacts[], request: ValidationRequest): RuleFacts[] {
  return rules.filter(
    (rule) => rule.tier === 'syntax' || (request.tiers.has(rule.tier) && isChosen(rule, request)),
  );
}

/** What servers need beside the configuration and this run did not look at. */
function uncheckedOf(targets: readonly ValidatedTarget[], { tiers }: ValidationRequest): Unchecked[] {
  const unchecked: Unchecked[] = [];
  const some = (test: (configuration: Configuration) => boolean): boolean =>
    targets.some(({ configuration }) => configuration !== undefined && test(configuration));
  const referring = some(({ allWritten }) => allWritten.some(({ text }) => isReference(text)));
  if (referring && !tiers.has('secrets') && !tiers.has('environment')) {
    unchecked.push({ option: '--resolve', what: ['references'] });
  }
  if (!tiers.has('environment')) {
    const tls = some((configuration) => configuration.text('server.tls_enabled') === 'true');
    unchecked.push({
      option: '--connect',
      what: [...(tls ? ['TLS and key files'] : []), 'interface', 'log folder', 'database', 'Redis'],
    });
  }
  return unchecked;
}

/** What a validation found, and what it was asked for. */
export interface ValidationRun {
  readonly report: ValidationReport;
  readonly request: ValidationRequest;
  /** The exit code of the process. */
  readonly exitCode: number;
}

/** Validates files, or the environment alone. Resolves with the exit code. */
export async function runValidateConfig(
  files: readonly string[],
  options: ValidateConfigOptions,
  io: Io,
): Promise<number> {
  if (options.explain !== undefined) {
    const { explainRule, rulesNamed } = await import('../src/preflight/documentation.js');
    const { jsonDocument } = await import('./output/json.js');
    io.stdout.write(
      options.json
        ? jsonDocument('rules', { rules: rulesNamed(options.explain) })
        : explainRule(options.explain),
    );
    return exitCodes.done.code;
  }
  const { report, request, exitCode } = await validateTargets(files, options, io);
  io.stdout.write(await render(report, request, options, io));
  return exitCode;
}

/** Validates files, or the environment alone, and prints nothing. */
export async function validateTargets(
  files: readonly string[],
  options: ValidateConfigOptions,
  io: Io,
): Promise<ValidationRun> {
  const request = readRequest(options, new Set(allRules.map(({ id }) => id)));
  const targets: ValidatedTarget[] = [];
  if (options.worker) {
    const { validateWorker } = await import('../src/preflight/worker.js');
    targets.push(await validateWorker(io.env, request));
  } else {
    if (files.length > 0 && options.config !== undefined) {
      throw new ToolError('usage/conflicting-options', 'a file and --config exclude each other', {
        hint: 'Name every file to check, without --config.',
      });
    }
    const named = options.config === undefined ? files : [options.config];
    if (options.databaseUrl !== undefined)
      refuseUntidyUrl(new SecretValue(options.databaseUrl), '--database-url');
    // A database named on the command line stands for the one that a variable would name.
    const environment =
      options.databaseUrl === undefined ? io.env : { ...io.env, TMI_DATABASE_URL: options.databaseUrl };
    for (const name of named.length > 0 ? new Set(named) : [undefined]) {
      targets.push(await validateOne(name, environment, request, io));
    }
  }
  const report: ValidationReport = {
    targets,
    findings: sortFindings(targets.flatMap(({ findings }) => findings)),
    rules: rulesThatRan(options.worker ? workerRules : serverRules, request),
    failOn: request.failOn,
    unchecked: options.worker ? [] : uncheckedOf(targets, request),
  };
  return { report, request, exitCode: exitOf(report) };
}
