import { expect, it, onTestFinished } from 'vitest';
import { connectDatabase } from '../../src/database/index.js';
import { SecretValue } from '../../src/values/secret-value.js';
import { freshUrl } from '../support/connection.js';
import { describeServers } from '../support/database.js';
import { failure } from '../support/errors.js';
import { openFrozenLine } from '../support/frozen-line.js';

describeServers((engine) => {
  if (engine !== 'postgres' && engine !== 'mysql') return;

  it('says that it was asked to stop, and not that the connection it broke off is gone', async () => {
    const line = await openFrozenLine(await freshUrl(engine));
    onTestFinished(() => line.close());
    const aborter = new AbortController();
    const database = await connectDatabase({
      url: new SecretValue(line.url),
      connectTimeoutMs: 10_000,
      answerTimeoutMs: 0,
      signal: aborter.signal,
    });
    onTestFinished(() => database.close());
    const sent = new Promise<void>((resolve) => database.onQuery(() => resolve()));
    line.arm(0);
    const first = failure(database.hasTable('t'));
    await sent;
    aborter.abort('SIGTERM');
    expect(await first).toMatchObject({ code: 'internal/interrupted' });
    // Whoever could do without the answer asks the next thing.
    expect(await failure(database.hasTable('t'))).toMatchObject({ code: 'internal/interrupted' });
  });
});
