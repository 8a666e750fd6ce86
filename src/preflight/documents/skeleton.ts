import { settings, type Setting } from '../../registry/index.js';

export const skeletonProviders = ['env', 'aws', 'azure', 'gcp', 'oci', 'vault'] as const;
export type SkeletonProvider = (typeof skeletonProviders)[number];

/** Values that a production server should state. Everything else is shown in comments with its default. */
const stated: Readonly<Record<string, string>> = {
  'server.port': '"8080"',
  'server.interface': '0.0.0.0',
  'server.base_url': 'https://tmi.example.com',
  'server.trusted_proxies': '[10.0.0.0/8]',
  'server.cors.allowed_origins': '[https://tmi.example.com]',
  'database.url': 'vault://tmi/database_url',
  'database.redis.url': 'vault://tmi/redis_url',
  'auth.build_mode': 'production',
  'auth.jwt.secret': 'vault://tmi/jwt_secret',
  'logging.level': 'info',
  'logging.is_dev': 'false',
  'logging.redact_auth_tokens': 'true',
};

const WIDTH = 96;

/** Words of a text as comment lines of a readable width. */
function commentLines(text: string, indent: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + word.length + 3 > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((part) => `${indent}# ${part}`);
}

function yamlText({ type, default: preset, example }: Setting): string {
  const text = preset === undefined || preset === '' ? example : preset;
  if (type === 'string' && /^[\d.]*$/.test(text)) return JSON.stringify(text);
  return text;
}

function settingLines(setting: Setting, indent: string, values: Readonly<Record<string, string>>): string[] {
  const path = setting.path as string;
  const name = path.slice(path.lastIndexOf('.') + 1);
  const variable = setting.env === null ? '' : ` (${setting.env})`;
  const value = values[path];
  return [
    ...commentLines(`${setting.description}${variable}`, indent),
    value === undefined ? `${indent}# ${name}: ${yamlText(setting)}` : `${indent}${name}: ${value}`,
  ];
}

/** True when a block holds something that is stated: an empty block would be noise. */
function isStated(block: string, values: Readonly<Record<string, string>>): boolean {
  return Object.keys(values).some((path) => path.startsWith(`${block}.`));
}

function blockLines(
  block: string,
  depth: number,
  members: readonly Setting[],
  values: Readonly<Record<string, string>>,
): string[] {
  const indent = '  '.repeat(depth);
  const lines: string[] = [];
  const seen = new Set<string>();
  for (const setting of members) {
    const [head = '', ...rest] = (setting.path as string)
      .slice(block === '' ? 0 : block.length + 1)
      .split('.');
    if (rest.length === 0) {
      lines.push(...settingLines(setting, indent, values));
      continue;
    }
    const inner = block === '' ? head : `${block}.${head}`;
    if (seen.has(inner)) continue;
    seen.add(inner);
    const inside = members.filter(({ path }) => path?.startsWith(`${inner}.`));
    const open = isStated(inner, values) ? '' : '# ';
    if (depth === 0) lines.push('');
    const body = blockLines(inner, depth + 1, inside, values);
    lines.push(`${indent}${open}${head}:`, ...body);
  }
  return lines;
}

/**
 * A configuration file for production: every bootstrap setting with its description; what a production server should
 * state is set, all else stands in comments with its default.
 */
export function productionSkeleton(provider: SkeletonProvider): string {
  const bootstrapSettings = settings.filter(
    ({ category, path }) => category === 'bootstrap' && path !== null,
  );
  const own = bootstrapSettings
    .filter(({ path }) => path?.startsWith(`secrets.${provider}_`))
    .map(({ path, example }) => [path as string, example] as const);
  const values = { ...stated, 'secrets.provider': provider, ...Object.fromEntries(own) };
  const head = [
    '# Configuration of a TMI server, for production.',
    '# Operational settings live in the database: tmi-dbtool settings list',
    '# Check this file: tmi-dbtool validate-config FILE',
  ];
  return `${[...head, ...blockLines('', 0, bootstrapSettings, values)].join('\n')}\n`;
}
