// A server that starts the way every TMI server does.  JWT_SECRET=… node server.js [config.yml]
import { createServer } from 'node:http';
import { bootstrap, ToolError } from 'tmi-dbtool';

const file = process.argv[2] ?? 'config.yml';

/** Reads file and environment, resolves secrets, makes and seeds the table of settings on the first boot. */
async function start() {
  try {
    return await bootstrap({
      file,
      env: process.env,
      onStale: ({ message }) => console.error(`settings of before stay in use: ${message}`),
    });
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    console.error(error.message);
    for (const { message, hint } of error.diagnostics)
      console.error(`  ${message}${hint ? `\n    ${hint}` : ''}`);
    process.exit(error.exitCode);
  }
}

const tmi = await start();
for (const { rule, message, hint } of tmi.warnings)
  console.error(`warning: ${message} [${rule}]${hint ? ` ${hint}` : ''}`);
if (tmi.seeded > 0) console.error(`first boot: ${tmi.seeded} settings seeded`);

const server = createServer((request, response) => {
  void answer(request.url ?? '/').then(
    (body) =>
      response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
    (error) => {
      console.error(error instanceof ToolError ? error.message : error);
      response.writeHead(500).end();
    },
  );
});

/** Settings come from the database, and follow it within a minute: nothing is copied into variables here. */
async function answer(url) {
  if (url === '/healthz') return { up: true };
  if (url !== '/client-settings') return undefined;
  return {
    theme: await tmi.settings.string('ui.default_theme'),
    maxUploadBytes: ((await tmi.settings.number('upload.max_file_size_mb')) ?? 10) * 1024 * 1024,
    websockets: await tmi.settings.boolean('features.websocket_enabled'),
    logins: (await tmi.settings.providers('oauth')).filter(({ enabled }) => enabled).map(({ id }) => id),
  };
}

server.listen(Number(tmi.config.server.port), tmi.config.server.interface, () => {
  console.log(`listening on ${tmi.config.server.interface}:${server.address().port}`);
});
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    tmi.close();
    server.close();
  });
}
