// How long 100 references take, in 5 documents and in 100, to one round trip: node bench/references.mjs [--check]
// The real clients talk to stand-ins, each in a process of its own behind a line that delays every answer by a fixed time.
// Runs are interleaved with those of one reference. With --check a ratio over its target fails.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { median, loadTypeScript, root } from './support.mjs';

const DELAY_MS = 50;
const REFERENCES = 100;
const RUNS = 7;
/** 100 references in 100 documents, to one reference over the same line. */
const TARGET = 4;

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const { createSecrets } = await loadTypeScript('src/secrets/index.ts');

const stores = [
  {
    name: 'AWS, many at once',
    standIn: ['aws', {}],
    path: (document) => document,
    requests: { 5: 1, 100: 5 },
  },
  {
    // What it costs where BatchGetSecretValue is not granted: mostly the client's own work for each request.
    name: 'AWS, one by one',
    standIn: ['aws', { mayBatch: false }],
    path: (document) => document,
    // The first is refused, which one reference alone does not ask for.
    requests: { 5: 6, 100: 105 },
  },
  {
    name: 'HashiCorp Vault',
    standIn: ['vault', {}],
    path: (document) => `secret/${document}`,
    requests: { 5: 5, 100: 100 },
  },
];

/** A store, whose settings and environment lead through the line. */
async function startStore([name, options]) {
  const child = fork(join(root, 'bench/store.mjs'), [name, JSON.stringify(options), REFERENCES, DELAY_MS]);
  const [reached] = await once(child, 'message');
  return {
    ...reached,
    async fetches() {
      child.send('fetches');
      const [count] = await once(child, 'message');
      return count;
    },
    close: () => child.disconnect(),
  };
}

/** Resolves with a new client, as a command does, and tells milliseconds and requests. */
async function measure({ settings, environment, fetches }, sources) {
  const before = await fetches();
  const secrets = await createSecrets({
    secretsBlock: Object.fromEntries(
      Object.entries(settings).map(([name, text]) => [name, { key: name, text, origin: {} }]),
    ),
    environment,
    baseDirectory: '/',
  });
  await secrets.describeProvider();
  const start = performance.now();
  const values = await secrets.resolve(sources);
  const ms = performance.now() - start;
  await secrets.close();
  if (values.size !== sources.length) throw new Error('not every reference was resolved');
  return { ms, requests: (await fetches()) - before };
}

function sourcesOf(store, documents) {
  return Array.from({ length: REFERENCES }, (_, i) => ({
    key: `key${i}`,
    text: `vault://${store.path(`document${i % documents}`)}#field${Math.floor(i / documents)}`,
    origin: {},
  }));
}

const minimum = (numbers) => Math.min(...numbers);
const shown = (times) => `${minimum(times).toFixed(0)} ms, median ${median(times).toFixed(0)}`;
let isMissed = false;

console.log(`delay of the line ${DELAY_MS} ms, ${REFERENCES} references, ${RUNS} runs in turn, minimum`);
for (const store of stores) {
  const standIn = await startStore(store.standIn);
  try {
    const one = [];
    const all = { 5: [], 100: [] };
    await measure(standIn, sourcesOf(store, 5)); // loads the client
    for (let run = 0; run < RUNS; run += 1) {
      one.push((await measure(standIn, sourcesOf(store, 5).slice(0, 1))).ms);
      for (const documents of [5, 100]) {
        const { ms, requests } = await measure(standIn, sourcesOf(store, documents));
        all[documents].push(ms);
        if (requests !== store.requests[documents]) throw new Error(`${requests} requests for ${documents}`);
      }
    }
    console.log(`${store.name}`);
    console.log(`  one reference                      ${shown(one)}`);
    for (const documents of [5, 100]) {
      const ratio = minimum(all[documents]) / minimum(one);
      const verdict = documents === 100 ? `, target ${TARGET} × ${ratio <= TARGET ? 'met' : 'MISSED'}` : '';
      if (verdict.includes('MISSED')) isMissed = true;
      console.log(
        `  in ${String(documents).padStart(3)} documents                   ${shown(all[documents])}: ${ratio.toFixed(1)} ×${verdict}`,
      );
    }
  } finally {
    standIn.close();
  }
}
if (isMissed && process.argv.includes('--check')) process.exitCode = 1;
