// A stand-in of a secret store behind a slow line, in a process of its own, so that its work is not taken for the client's:
// started by bench/references.mjs, which it tells how it is reached, and then for each message how many requests came.
import { openLine, loadTypeScript } from './support.mjs';

const [name, options, documents, delayMs] = process.argv.slice(2);
const module = await loadTypeScript(`test/support/stand-ins/${name}.ts`);
const standIn = await module[`start${name.charAt(0).toUpperCase()}${name.slice(1)}`](JSON.parse(options));
const fields = Object.fromEntries(
  Array.from({ length: Number(documents) }, (_, f) => [`field${f}`, `value ${f}`]),
);
for (let d = 0; d < Number(documents); d += 1) standIn.shelf.putJson(`document${d}`, fields);
const line = await openLine(standIn.http.url, Number(delayMs));
const settings = { ...standIn.settings() };
if (settings.vault_address) settings.vault_address = line.url;
const environment = { ...standIn.environment() };
if (environment.AWS_ENDPOINT_URL_SECRETS_MANAGER) environment.AWS_ENDPOINT_URL_SECRETS_MANAGER = line.url;
process.on('message', () => process.send(standIn.fetches().length));
process.on('disconnect', () => process.exit());
process.send({ settings, environment });
