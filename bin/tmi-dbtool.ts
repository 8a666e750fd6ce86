#!/usr/bin/env node
import { main } from '../commands/main.js';
import { escapeControls } from '../commands/output/escape.js';
import { processIo } from '../commands/process-io.js';

const io = processIo(process, { stdout: 1, stderr: 2 });
// The AWS client warns on standard error about Node 20, which the tool supports. Set after the environment was copied
// into `io`, so that no command which the tool starts inherits it.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
// Whoever sets it looks for a fault in a program of theirs, and the libraries print statements with their values: rows,
// and secrets among them.
delete process.env['DEBUG'];

// Libraries tell whoever debugs them, in their own words, and standard output is for results alone: the client of OCI says
// there that a file has no DEFAULT profile.
for (const method of ['debug', 'dir', 'dirxml', 'error', 'info', 'log', 'table', 'trace', 'warn'] as const)
  console[method] = () => undefined;

// Node prints what libraries warn of in their own words, such as the Google client of a network without its metadata
// server. What it means for a run is said by the run; other warnings stay, as one line that steers nothing.
process.removeAllListeners('warning');
process.on('warning', ({ name, message }) => {
  if (name !== 'MetadataLookupWarning') io.stderr.write(`${escapeControls(`${name}: ${message}`)}\n`);
});

async function run(): Promise<void> {
  process.exitCode = await io.finish(await main(process.argv.slice(2), io));
  // At once: Node would wait for connections that were given up, whose other side says nothing, and take its heap apart
  // piece by piece, which lasts longer than many a command.
  process.exit();
}

// Stands when node runs out of things to wait for before the command is done.
process.exitCode = 1;
void run();
