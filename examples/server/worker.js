// A worker that starts the way every TMI worker does: from its environment alone.  NATS_URL=… node worker.js
import { loadWorker, ToolError } from 'tmi-dbtool';

try {
  const worker = await loadWorker({ env: process.env });
  for (const { message } of worker.warnings) console.error(`warning: ${message}`);
  // connect({ servers: worker.natsUrl.reveal().split(',') }) of the NATS client goes here.
  console.log(`ready; log level ${worker.logLevel}; secrets: ${worker.secretNames.join(', ') || 'none'}`);
} catch (error) {
  if (!(error instanceof ToolError)) throw error;
  console.error(error.message);
  for (const { message } of error.diagnostics) console.error(`  ${message}`);
  process.exitCode = error.exitCode;
}
