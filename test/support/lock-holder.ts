import { connectDatabase, RUN_LOCK } from '../../src/database/index.js';
import { SecretValue } from '../../src/values/secret-value.js';

/** Takes the lock of the database whose URL is its argument, says so, and holds it until it is killed. */
const database = await connectDatabase({ url: new SecretValue(process.argv[2] ?? '') });
await database.lock(RUN_LOCK);
process.stdout.write('locked\n');
setInterval(() => undefined, 60_000);
