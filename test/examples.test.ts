import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { commandEntries } from '../commands/index.js';
import { main } from '../commands/main.js';
import { shellCommands, toolCalls, whyRefused } from './support/command-lines.js';
import { FakeIo } from './support/io.js';

const root = fileURLToPath(new URL('../examples', import.meta.url));
const read = (name: string): string => readFileSync(path.join(root, name), 'utf8');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
  statSync(path.join(root, name)).isFile(),
);

type Data = Record<string, unknown>;
const yamlOf = (name: string): Data[] =>
  parseAllDocuments(read(name), { merge: true }).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as Data;
  });

/** Calls of the tool: lines of a shell, and lists of arguments. Documents have a test of their own. */
function commandLines(name: string): string[][] {
  if (name.endsWith('.md')) return [];
  const inLines = [...read(name).matchAll(/(?<!-t |node_modules\/|lib\/)\btmi-dbtool [a-z][^"\n]*/g)]
    .flatMap(([line]) => toolCalls(shellCommands(line)))
    .filter(([first]) => commandEntries.some((entry) => entry.name.split(' ')[0] === first));
  const inLists = [...read(name).matchAll(/(?:command|args): \[([^\]]+)\]/g)].map(([, list]) =>
    (list as string).split(',').map((word) => word.trim()),
  );
  return [...inLines, ...inLists];
}

describe.each(files.filter((name) => commandLines(name).length > 0))('%s', (name) => {
  it('calls the tool in ways that it takes', async () => {
    for (const args of commandLines(name)) {
      expect(await whyRefused(args, true), args.join(' ')).toBeUndefined();
    }
  });
});

it('finds the command lines of most examples', () => {
  const found = files.filter((name) => commandLines(name).length > 0);
  expect(found).toEqual(
    expect.arrayContaining([
      'heroku/Procfile',
      'compose/docker-compose.yml',
      'kubernetes/tmi.yml',
      'systemd/tmi.service',
      'vscode/tasks.json',
    ]),
  );
});

const { version } = JSON.parse(readFileSync(path.join(root, '../package.json'), 'utf8')) as {
  version: string;
};

describe('what does not exist', () => {
  it.each(files.filter((name) => path.basename(name) === 'package.json'))(
    '%s asks for the packed file, and the text beside it says where that comes from',
    (name) => {
      const manifest = JSON.parse(read(name)) as { dependencies: Record<string, string> };
      const packed = `tmi-dbtool-${version}.tgz`;
      expect(manifest.dependencies['tmi-dbtool']).toBe(`file:${packed}`);
      expect(read(path.join(path.dirname(name), 'README.md'))).toMatch(
        /No registry has tmi-dbtool[^]*npm pack/,
      );
    },
  );

  const documents = ['README.md', ...readdirSync(path.join(root, '../docs')).map((name) => `docs/${name}`)];
  it.each([...files.map((name) => `examples/${name}`), ...documents])('%s takes from no registry', (name) => {
    const text = readFileSync(path.join(root, '..', name), 'utf8');
    // Of npm's words the clone's own `npx tmi-dbtool` is one that finds the program where it stands.
    const wanted =
      /npmjs\.com|npm (install|i|add|ci)( -\S+)* tmi-dbtool(?![-\w]*\.tgz)|"tmi-dbtool": "[~^\d]/;
    expect(wanted.exec(text)?.[0]).toBeUndefined();
    if (name.startsWith('examples/')) expect(text).not.toContain('npx tmi-dbtool');
  });

  it.each(files.filter((name) => /^\s*-? *image: tmi-/m.test(read(name))))(
    '%s says that its images are to be built',
    (name) => expect(read(name).replaceAll('\n# ', ' ')).toMatch(/no( public)? registry[^]*Containerfile/),
  );

  it.each(files.filter((name) => /^[^#]*\bv\d+\.\d+\.\d+\b/m.test(read(name))))(
    '%s names the tag of this version, and says that it must exist',
    (name) => {
      const tags = [...read(name).matchAll(/(?:tmi-dbtool@|--branch )(v\S+)/g)].map(([, tag]) => tag);
      expect(tags).toEqual([`v${version}`]);
      expect(read(name).replaceAll('\n# ', ' ')).toContain(`its tag v${version} must exist there`);
    },
  );
});

/** What validation says about a configuration, errors only. */
async function faultsOf(config: string): Promise<unknown[]> {
  const io = new FakeIo({ stdin: config });
  const args = ['validate-config', '-', '--json', '--profile', 'production', '--strict'];
  await main(args, io);
  const { findings } = JSON.parse(io.out) as { findings: { severity: string }[] };
  return findings.filter(({ severity }) => severity === 'error');
}

describe('configurations', () => {
  it('is fit for production in Docker Compose', async () => {
    const [compose] = yamlOf('compose/docker-compose.yml') as [{ configs: { tmi: { content: string } } }];
    expect(await faultsOf(compose.configs.tmi.content)).toEqual([]);
  });

  it('is fit for production in Kubernetes', async () => {
    const [configMap] = yamlOf('kubernetes/tmi.yml') as [{ data: Record<string, string> }];
    expect(await faultsOf(configMap.data['config.yml'] ?? '')).toEqual([]);
  });
});

it('Docker Compose: whatever a service uses is declared', () => {
  const [compose] = yamlOf('compose/docker-compose.yml') as [Record<string, Record<string, Data>>];
  const { services = {}, secrets = {}, configs = {} } = compose;
  for (const [name, service] of Object.entries(services)) {
    for (const secret of (service['secrets'] as string[] | undefined) ?? []) {
      expect(Object.keys(secrets), name).toContain(secret);
    }
    for (const { source } of (service['configs'] as { source: string }[] | undefined) ?? []) {
      expect(Object.keys(configs), name).toContain(source);
    }
    for (const other of Object.keys((service['depends_on'] as Data | undefined) ?? {})) {
      expect(Object.keys(services), name).toContain(other);
    }
  }
});

it('Kubernetes: objects are whole, and volumes are declared where they are mounted', () => {
  interface Container {
    readonly name: string;
    readonly image: string;
    readonly volumeMounts: readonly { readonly name: string }[];
  }
  interface Pod {
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
    readonly volumes: readonly { readonly name: string }[];
    readonly securityContext: { readonly runAsNonRoot: boolean };
  }
  const objects = yamlOf('kubernetes/tmi.yml');
  expect(objects.map(({ apiVersion, kind }) => `${String(apiVersion)} ${String(kind)}`)).toEqual([
    'v1 ConfigMap',
    'apps/v1 Deployment',
    'batch/v1 Job',
  ]);
  for (const object of objects.slice(1)) {
    const { template } = object['spec'] as { template: { spec: Pod } };
    const { containers, initContainers = [], volumes, securityContext } = template.spec;
    expect(securityContext.runAsNonRoot).toBe(true);
    for (const { name, image, volumeMounts } of [...containers, ...initContainers]) {
      expect(image, name).toMatch(/^[a-z]/);
      for (const mount of volumeMounts) expect(volumes.map((volume) => volume.name)).toContain(mount.name);
    }
  }
});

it('Heroku: every variable of app.json is one that the server or the provider reads', async () => {
  const { env } = JSON.parse(read('heroku/app.json')) as { env: Record<string, unknown> };
  const { settingByEnv } = await import('../src/registry/index.js');
  for (const name of Object.keys(env)) {
    if (!name.startsWith('TMI_SECRET_')) expect(settingByEnv(name), name).toBeDefined();
  }
  expect(read('heroku/Procfile')).toMatch(/^release: /m);
});

it('container: every stage that is copied from exists, and the program is not root', () => {
  const text = read('container/Containerfile');
  const stages = [...text.matchAll(/^FROM \S+ AS (\w+)$/gm)].map(([, stage]) => stage);
  for (const [, stage] of text.matchAll(/--from=(\w+)/g)) expect(stages).toContain(stage);
  expect(text).toMatch(/^USER tmi$/m);
  expect(text).toContain(`TMI_DBTOOL_VERSION=${version}`);
  expect(text).toContain('tmi-dbtool-${TMI_DBTOOL_VERSION}-linux-x64.tar.gz');
});

it.skipIf(!existsSync('/usr/bin/systemd-analyze'))('systemd accepts the unit', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tmi-dbtool-unit-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const unit = path.join(folder, 'tmi.service');
  // The programs need not be installed here.
  writeFileSync(unit, read('systemd/tmi.service').replace(/\/usr\/local\/bin\/tmi-dbtool/g, '/bin/true'));
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', unit], { encoding: 'utf8' });
  expect({ status, stderr: stderr.split('\n').filter((line) => line.includes('tmi.service')) }).toEqual({
    status: 0,
    stderr: [],
  });
});

it('VS Code: the problem matcher reads what the tool prints', async () => {
  const { tasks } = JSON.parse(read('vscode/tasks.json')) as {
    tasks: { problemMatcher: { pattern?: { regexp: string } } }[];
  };
  const regexp = tasks.find(({ problemMatcher }) => problemMatcher.pattern)?.problemMatcher.pattern?.regexp;
  const io = new FakeIo({ stdin: 'server:\n  prot: "1"\n' });
  await main(['validate-config', '-', '--ignore', 'required-setting'], io);
  const matches = io.out
    .split('\n')
    .flatMap((line) => new RegExp(regexp ?? '(?!)').exec(line)?.slice(2) ?? []);
  expect(matches).toEqual(expect.arrayContaining(['2', '3', 'error', 'unknown-key']));
});
