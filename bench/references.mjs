// How long 100 references in 5 documents take, and how often the service is asked: node bench/references.mjs
// The real AWS client talks to a stand-in behind a line that delays every answer by a fixed time.
import { median, openLine, loadTypeScript } from './support.mjs';

const DELAY_MS = 100;
const DOCUMENTS = 5;
const REFERENCES = 100;
const RUNS = 7;

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const { createSecrets } = await loadTypeScript('src/secrets/index.ts');
const { startAws } = await loadTypeScript('test/support/stand-ins/aws.ts');
const standIn = await startAws();
const line = await openLine(standIn.environment().AWS_ENDPOINT_URL_SECRETS_MANAGER, DELAY_MS);
try {
  for (let d = 0; d < DOCUMENTS; d += 1) {
    const fields = Array.from({ length: REFERENCES / DOCUMENTS }, (_, f) => [`field${f}`, `value ${d} ${f}`]);
    standIn.shelf.putJson(`document${d}`, Object.fromEntries(fields));
  }
  const sources = Array.from({ length: REFERENCES }, (_, i) => ({
    key: `key${i}`,
    text: `vault://document${i % DOCUMENTS}#field${Math.floor(i / DOCUMENTS)}`,
    origin: {},
  }));
  const block = Object.entries(standIn.settings()).map(([name, text]) => [
    name,
    { key: name, text, origin: {} },
  ]);

  /** Resolves with a new client, as a command does, and tells milliseconds and requests. */
  async function measure(wanted) {
    const before = standIn.fetches().length;
    const secrets = await createSecrets({
      secretsBlock: Object.fromEntries(block),
      environment: { ...standIn.environment(), AWS_ENDPOINT_URL_SECRETS_MANAGER: line.url },
      baseDirectory: '/',
    });
    await secrets.describeProvider();
    const start = performance.now();
    const values = await secrets.resolve(wanted);
    const ms = performance.now() - start;
    await secrets.close();
    if (values.size !== wanted.length) throw new Error('not every reference was resolved');
    return { ms, requests: standIn.fetches().length - before };
  }

  await measure(sources); // loads the client
  const one = [];
  const all = [];
  for (let run = 0; run < RUNS; run += 1) {
    one.push(await measure(sources.slice(0, 1)));
    all.push(await measure(sources));
  }
  const single = median(one.map(({ ms }) => ms));
  const total = median(all.map(({ ms }) => ms));
  console.log(`delay of the line          ${DELAY_MS} ms`);
  console.log(`one reference              ${single.toFixed(1)} ms, ${one[0].requests} request`);
  console.log(
    `${REFERENCES} in ${DOCUMENTS} documents         ${total.toFixed(1)} ms, ${all[0].requests} requests`,
  );
  console.log(`in round trips             ${(total / single).toFixed(2)}`);
  const asked = new Set(all.map(({ requests }) => requests));
  if (asked.size !== 1 || !asked.has(DOCUMENTS))
    throw new Error(`${[...asked].join(', ')} requests, not ${DOCUMENTS}`);
} finally {
  line.close();
  await standIn.close();
}
