import { expect, it } from 'vitest';
import { connect } from '../support/connection.js';
import { describeServers } from '../support/database.js';
import { Workspace } from '../support/workspace.js';

describeServers((engine) => {
  it.runIf(engine === 'postgres')(
    'says before it writes what a Go server makes of the URL, in a database of such a server',
    async () => {
      const w = await Workspace.create(engine);
      const url = `${w.url}${w.url.includes('?') ? '&' : '?'}application_name=x`;
      const set = (...args: string[]) =>
        w.run(['settings', 'set', 'operator.name=A', '--database-url', url, ...args]);
      const dropped = 'warning: A Go server 1.8 drops ';
      const before = await set();
      expect([before.code, before.err], before.err).toEqual([0, expect.not.stringContaining(dropped)]);
      const database = await connect(w.url);
      await database.transaction((session) =>
        session.knex.raw('CREATE TABLE tmi_schema_versions (id text PRIMARY KEY)'),
      );
      await database.close();
      const after = await set();
      expect([after.code, after.err]).toEqual([0, expect.stringContaining(dropped)]);
      expect((await set('--quiet')).err).not.toContain(dropped);
      const read = await w.run(['settings', 'list', '--database-url', url]);
      expect([read.code, read.err]).toEqual([0, expect.not.stringContaining(dropped)]);
    },
  );
});
