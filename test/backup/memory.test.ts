import { join } from 'node:path';
import { expect, it } from 'vitest';
import { connect, freshUrl } from '../support/connection.js';
import { describeServers } from '../support/database.js';
import type { ServerEngine } from '../support/servers/index.js';
import { withDatabase } from '../support/rows.js';
import { backup, folder, restore } from './library.js';

const ROWS = 80;
const SIZE = 2_000_000;

/** How each engine declares and makes such rows. */
const wide: Record<ServerEngine, { readonly type: string; readonly insert: readonly string[] }> = {
  postgres: {
    type: 'text',
    insert: [
      `insert into wide select n, repeat(md5(n::text), ${SIZE / 32}) from generate_series(1, ${ROWS}) n`,
      'analyze wide',
    ],
  },
  mysql: {
    type: 'longtext',
    insert: [
      `insert into wide with recursive seq(n) as (select 1 union all select n + 1 from seq where n < ${ROWS})
        select n, repeat(sha2(n, 256), ${SIZE / 64}) from seq`,
      'analyze table wide',
    ],
  },
  mssql: {
    type: 'varchar(max)',
    insert: [
      `insert into wide select top (${ROWS}) n, replicate(convert(varchar(max), newid()), ${Math.ceil(SIZE / 36)})
       from (select row_number() over (order by object_id) as n from sys.all_objects) as numbers`,
    ],
  },
  oracle: {
    type: 'clob',
    insert: [
      `declare body clob; begin for n in 1 .. ${ROWS} loop body := to_clob(' ');
         for part in 1 .. ${SIZE / 4000} loop dbms_lob.append(body, rpad(to_char(n), 4000, 'x')); end loop;
         insert into wide values (n, body); end loop; commit; end;`,
    ],
  },
};

describeServers((engine) => {
  // When the collector runs is not for a test to say: what is held at once shows in the best of three.
  it('needs memory for few rows at once, however wide they are', { retry: 2, timeout: 180_000 }, async () => {
    const [from, to] = [await freshUrl(engine), await freshUrl(engine)];
    const { type, insert } = wide[engine];
    for (const url of [from, to]) {
      await withDatabase(engine, url, (statement) =>
        statement(`create table wide (id int primary key, body ${type})`),
      );
    }
    await withDatabase(engine, from, async (statement) => {
      for (const sql of insert) await statement(sql);
    });
    const file = join(folder(), 'wide');
    const source = await connect(from);
    const before = process.memoryUsage().rss;
    let peak = 0;
    const onProgress = (): void => {
      peak = Math.max(peak, process.memoryUsage().rss);
    };
    const result = await backup(source, file, { onProgress });
    expect(result.bytes).toBeGreaterThan(ROWS * SIZE);
    await restore(await connect(to), file, { onProgress });
    // All rows at once would take more than 160 MB twice.
    expect((peak - before) / 1e6).toBeLessThan(200);
  });
});
