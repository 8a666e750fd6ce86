import { canary } from './finder.js';
import type { CanaryWorld } from './world.js';

/** One way to call a command. */
export interface CanaryCase {
  /** The arguments after the command's words. */
  readonly args: readonly string[];
  readonly stdin?: string;
  readonly answers?: readonly string[];
  /** What has to be there first. */
  readonly prepare?: (world: CanaryWorld) => Promise<void>;
  /** The exit code where nothing is wrong, which shows that the case gets to its work. */
  readonly code: number;
}

const config = ['--config', 'config.yml'];
const googleSecret = 'auth.oauth.providers.google.client_secret';
const exported = (world: CanaryWorld): Promise<void> =>
  world.expectRun(['settings', 'export', ...config, '--output', 'export.yml'], 0);

const backedUp = (world: CanaryWorld): Promise<void> =>
  world.expectRun(['db', 'backup', ...config, '--output', 'backup.jsonl.gz'], 0);

/**
 * How the canary test calls each command of commands/index.ts. A command without cases fails the test. Left out is
 * what prints secrets because it was told to: `--show` and `--reveal`.
 */
export const canaryCases: Readonly<Record<string, readonly CanaryCase[]>> = {
  'import-legacy': [
    { args: ['config.yml', '--dry-run'], code: 3 },
    { args: ['config.yml', '--dry-run', '--on-conflict', 'keep', '--shadowed', 'env'], code: 0 },
    { args: ['config.yml', '--on-conflict', 'overwrite', '--shadowed', 'file'], code: 0 },
    {
      args: ['config.yml', '--on-conflict', 'keep', '--shadowed', 'env'],
      // Which server reads the database, and whether to go ahead.
      answers: ['n', 'n'],
      code: 4,
    },
    { args: [...config, '--from-env', '--dry-run', '--on-conflict', 'keep'], code: 0 },
  ],
  'validate-config': [
    { args: ['config.yml'], code: 3 },
    { args: ['config.yml', '--format', 'github'], code: 3 },
    { args: ['config.yml', '--format', 'sarif'], code: 3 },
    { args: ['config.yml', '--format', 'junit'], code: 3 },
    { args: ['config.yml', '--strict', '--profile', 'production'], code: 3 },
    { args: ['config.yml', '--resolve', '--connect'], code: 3 },
    { args: ['--worker'], code: 0 },
  ],
  'resolve-secrets': [
    { args: ['config.yml'], code: 0 },
    { args: ['config.yml', '--check'], code: 0 },
    { args: ['config.yml', '--fingerprint-key', 'vault://jwt'], code: 0 },
    { args: ['config.yml', '--format', 'text'], code: 0 },
    { args: ['config.yml', '--format', 'json'], code: 0 },
    { args: ['config.yml', '--format', 'dotenv'], code: 0 },
    { args: ['config.yml', '--format', 'shell'], code: 0 },
    { args: ['config.yml', '--format', 'yaml'], code: 0 },
    { args: ['config.yml', '--render'], code: 0 },
    { args: ['config.yml', '--inventory'], code: 3 },
    { args: ['config.yml', '--lift'], code: 0 },
    { args: ['config.yml', '--lift', '--apply', '--prefix', 'tmi'], answers: ['y'], code: 0 },
    { args: ['config.yml', '--show', 'no.such.key'], code: 2 },
  ],
  exec: [
    { args: [...config, '--', '/bin/true'], code: 0 },
    { args: ['--pristine', '--', '/bin/false'], code: 1 },
    { args: ['--worker', '--', './no-such-command'], code: 127 },
  ],
  'config schema': [
    { args: [], code: 0 },
    { args: ['--legacy'], code: 0 },
  ],
  'config reference': [{ args: [], code: 0 }],
  'config init': [
    { args: ['--secrets', 'aws'], code: 0 },
    { args: ['new.yml', '--secrets', 'vault'], code: 0 },
  ],
  'seed-settings': [
    { args: [...config, '--dry-run'], code: 0 },
    { args: config, code: 0 },
  ],
  'settings get': [
    { args: [...config, googleSecret, 'timmy.llm_api_key', 'timmy.text_embedding_base_url'], code: 0 },
    { args: [...config, googleSecret], code: 0 },
    { args: [...config, 'timmy.text_embedding_base_url'], code: 0 },
    { args: [...config, '--effective', googleSecret, 'timmy.llm_api_key', 'timmy.rerank_api_key'], code: 0 },
    { args: [...config, '--effective', '--server', '1.8', 'timmy.llm_base_url'], code: 0 },
  ],
  'settings list': [
    { args: config, code: 0 },
    { args: [...config, '--secrets'], code: 0 },
  ],
  'settings set': [
    { args: [...config, googleSecret, '--stdin'], stdin: canary('stdin'), code: 0 },
    { args: [...config, googleSecret, '--from-file', 'secret.txt', '--dry-run'], code: 0 },
    { args: [...config, `${googleSecret}=${canary('argument')}`, 'timmy.llm_api_key=vault://jwt'], code: 0 },
    { args: [...config, 'upload.max_file_size_mb', canary('wrong-type')], code: 3 },
    { args: [...config, googleSecret, '--from-env', 'CANARY_LLM'], code: 0 },
  ],
  'settings unset': [
    { args: [...config, googleSecret, 'timmy.llm_api_key', '--dry-run'], code: 0 },
    { args: [...config, googleSecret, 'timmy.llm_api_key'], code: 0 },
  ],
  'settings explain': [
    { args: [...config, googleSecret, 'timmy.llm_api_key', 'timmy.rerank_api_key'], code: 0 },
    { args: [...config, '--all'], code: 0 },
  ],
  'settings export': [
    { args: config, code: 0 },
    { args: [...config, '--format', 'json', '--include-defaults'], code: 0 },
    { args: [...config, '--format', 'env'], code: 0 },
    { args: [...config, '--output', 'export.yml'], code: 0 },
    { args: [...config, '--secrets', 'encrypted', '--key', 'vault://settings_encryption_key'], code: 0 },
  ],
  'settings import': [
    { args: [...config, 'export.yml', '--dry-run'], prepare: exported, code: 3 },
    { args: [...config, 'export.yml', '--prune', '--allow-unknown'], prepare: exported, code: 0 },
    { args: [...config, 'config.yml'], code: 3 },
  ],
  'settings diff': [
    { args: [...config, 'config.yml', 'database'], code: 3 },
    { args: [...config, 'defaults', 'database'], code: 3 },
    { args: [...config, 'export.yml', 'database'], prepare: exported, code: 0 },
  ],
  'settings digest': [
    { args: config, code: 0 },
    { args: [...config, 'export.yml'], prepare: exported, code: 3 },
  ],
  'settings reencrypt': [
    { args: [...config, '--dry-run'], code: 0 },
    { args: [...config, '--verify'], code: 3 },
    { args: config, code: 0 },
  ],
  completion: [
    { args: ['bash'], code: 0 },
    { args: ['zsh'], code: 0 },
    { args: ['fish'], code: 0 },
  ],
  'db status': [{ args: config, code: 3 }],
  'db backup': [
    { args: config, code: 0 },
    { args: [...config, '--settings-only', '--passphrase', 'vault://settings_encryption_key'], code: 0 },
    { args: [...config, '--recipient', canary('argument')], code: 2 },
    { args: [...config, '--recipients-file', 'secret.txt'], code: 2 },
    { args: [...config, '--key', 'vault://settings_encryption_key'], code: 2 },
  ],
  'db verify': [
    { args: ['backup.jsonl.gz'], prepare: backedUp, code: 0 },
    { args: [...config, 'backup.jsonl.gz', '--against', '--rehearse'], prepare: backedUp, code: 0 },
    { args: ['backup.jsonl.gz', '--key', 'file://secret.txt'], prepare: backedUp, code: 5 },
    { args: ['backup.jsonl.gz', '--identity', 'file://secret.txt'], prepare: backedUp, code: 5 },
    { args: ['secret.txt'], code: 3 },
  ],
  'db reset': [
    { args: [...config, '--scope', 'data', '--dry-run'], code: 0 },
    { args: [...config, '--scope', 'settings', '--confirm', 'tmi.db'], code: 0 },
    { args: [...config, '--scope', 'schema', '--confirm', 'another'], code: 4 },
  ],
  'db restore': [
    { args: [...config, 'backup.jsonl.gz', '--dry-run'], prepare: backedUp, code: 4 },
    { args: [...config, 'backup.jsonl.gz', '--replace', '--confirm', 'tmi.db'], prepare: backedUp, code: 0 },
  ],
};
