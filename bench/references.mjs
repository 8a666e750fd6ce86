// How long 100 references take, in 5 documents and in 100, to one round trip: node bench/references.mjs [--check]
// The real clients talk to stand-ins behind a line that delays every answer by a fixed time. Runs are interleaved with
// those of one reference. With --check a ratio over its target fails.
import { median, openLine, loadTypeScript } from './support.mjs';

const DELAY_MS = 50;
const REFERENCES = 100;
const RUNS = 7;
/** 100 references in 100 documents, to one reference over the same line. */
const TARGET = 4;

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const { createSecrets } = await loadTypeScript('src/secrets/index.ts');
const { startAws } = await loadTypeScript('test/support/stand-ins/aws.ts');
const { startVault } = await loadTypeScript('test/support/stand-ins/vault.ts');

/** A store, whose settings and environment lead through the line. */
const stores = [
  {
    name: 'AWS, many at once',
    start: () => startAws(),
    path: (document) => document,
    requests: { 5: 1, 100: 5 },
  },
  {
    // What it costs where BatchGetSecretValue is not granted: mostly the client's own work for each request.
    name: 'AWS, one by one',
    start: () => startAws({ mayBatch: false }),
    path: (document) => document,
    // The first is refused, which one reference alone does not ask for.
    requests: { 5: 6, 100: 105 },
  },
  {
    name: 'HashiCorp Vault',
    start: () => startVault(),
    path: (document) => `secret/${document}`,
    requests: { 5: 5, 100: 100 },
  },
];

/** Resolves with a new client, as a command does, and tells milliseconds and requests. */
async function measure(standIn, line, sources) {
  const before = standIn.fetches().length;
  const settings = { ...standIn.settings() };
  if (settings.vault_address) settings.vault_address = line.url;
  const environment = { ...standIn.environment() };
  if (environment.AWS_ENDPOINT_URL_SECRETS_MANAGER) environment.AWS_ENDPOINT_URL_SECRETS_MANAGER = line.url;
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
  return { ms, requests: standIn.fetches().length - before };
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
  const standIn = await store.start();
  const line = await openLine(standIn.http.url, DELAY_MS);
  try {
    const fields = Array.from({ length: REFERENCES }, (_, f) => [`field${f}`, `value ${f}`]);
    for (let d = 0; d < REFERENCES; d += 1) standIn.shelf.putJson(`document${d}`, Object.fromEntries(fields));
    const one = [];
    const all = { 5: [], 100: [] };
    await measure(standIn, line, sourcesOf(store, 5)); // loads the client
    for (let run = 0; run < RUNS; run += 1) {
      one.push((await measure(standIn, line, sourcesOf(store, 5).slice(0, 1))).ms);
      for (const documents of [5, 100]) {
        const { ms, requests } = await measure(standIn, line, sourcesOf(store, documents));
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
    line.close();
    await standIn.close();
  }
}
if (isMissed && process.argv.includes('--check')) process.exitCode = 1;
