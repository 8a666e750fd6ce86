import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { ImportStep } from '../../src/legacy/apply.js';
import { cutConnections } from '../support/cut-connections.js';
import { describeEngines, describeServers } from '../support/database.js';
import { failure } from '../support/errors.js';
import { carryOut, prepareImport } from '../support/import-library.js';
import { createServerTable, insertRow, withDatabase } from '../support/rows.js';
import { Workspace } from '../support/workspace.js';
import { plain, sampleAfter, sampleRows, sampleText, snapshot } from './sample.js';

/** Does something just before one step of an import. */
const at =
  (step: ImportStep, work: () => Promise<void> | void) =>
  async (now: ImportStep): Promise<void> => {
    if (now === step) await work();
  };

describeEngines((engine) => {
  async function create(): Promise<Workspace> {
    const w = await Workspace.create(engine, sampleText);
    await createServerTable(engine, w.url, { origin: true });
    await insertRow(engine, w.url, { key: 'timmy.enabled', value: 'false', type: 'bool', origin: 'seeded' });
    return w;
  }

  it('lets one of two runs win', async () => {
    const w = await create();
    const [one, two] = await Promise.all([
      prepareImport({ file: w.file, url: w.url }),
      prepareImport({ file: w.file, url: w.url }),
    ]);
    let refused: Promise<unknown> | undefined;
    await carryOut(
      one,
      at('commit', () => {
        refused = failure(carryOut(two));
        return refused.then(() => undefined);
      }),
    );
    expect(await refused).toMatchObject({ code: 'database/locked', exitCode: 7 });
    expect(await w.values()).toEqual(Object.fromEntries(sampleRows.map(([key, value]) => [key, value])));
    expect(w.text()).toBe(sampleAfter.replace('$URL', w.url));
    expect(w.files()).toHaveLength(3);
  });

  it('doubles nothing when two runs start at once', async () => {
    const w = await create();
    const runs = await Promise.all([w.import(plain), w.import(plain)]);
    expect(runs.map(({ code }) => code)).toContain(0);
    for (const { code, err } of runs)
      if (code !== 0) expect(err).toMatch(/\[(database\/locked|legacy\/changed-meanwhile)\]/);
    expect(await w.values()).toEqual(Object.fromEntries(sampleRows.map(([key, value]) => [key, value])));
    expect(w.text()).toBe(sampleAfter.replace('$URL', w.url));
    expect(w.files()).toHaveLength(3);
    expect((await w.import(plain)).out).toContain('Nothing to do');
  });

  it('refuses a plan that another run has carried out since', async () => {
    const w = await create();
    const stale = await prepareImport({ file: w.file, url: w.url });
    await w.import(plain);
    const after = await snapshot(w);
    expect(await failure(carryOut(stale))).toMatchObject({ code: 'legacy/changed-meanwhile' });
    expect(await snapshot(w)).toEqual(after);
  });

  it.each(['lock', 'write', 'commit', 'rewrite'] as const)(
    'writes nothing when the file is changed before "%s"',
    async (step) => {
      const w = await create();
      const before = await w.rows();
      const prepared = await prepareImport({ file: w.file, url: w.url });
      const edited = `${w.text()}# an edit\n`;
      const edit = at(step, () => writeFileSync(w.file, edited));
      expect(await failure(carryOut(prepared, edit))).toMatchObject({ code: 'legacy/changed-meanwhile' });
      expect(await w.rows()).toEqual(before);
      expect(w.text()).toBe(edited);
      expect(w.files()).toEqual(['config.yml']);
    },
  );

  it.each([
    ['a row of the plan', "UPDATE system_settings SET value = 'true' WHERE setting_key = 'timmy.enabled'"],
    [
      'the origin of a row',
      "UPDATE system_settings SET origin = 'explicit' WHERE setting_key = 'timmy.enabled'",
    ],
    ['the presence of a row', "DELETE FROM system_settings WHERE setting_key = 'timmy.enabled'"],
  ])('writes nothing when somebody changes %s', async (_, sql) => {
    const w = await create();
    const prepared = await prepareImport({ file: w.file, url: w.url });
    let before: unknown;
    const change = at('write', async () => {
      await withDatabase(engine, w.url, (statement) => statement(sql));
      before = await w.rows();
    });
    expect(await failure(carryOut(prepared, change))).toMatchObject({ code: 'legacy/changed-meanwhile' });
    expect(await w.rows()).toEqual(before);
    expect(w.text()).toBe(sampleText.replace('$URL', w.url));
    expect(w.files()).toEqual(['config.yml']);
  });

  it('cuts nothing whose row has gone since the plan, when the rows were all there', async () => {
    const w = await create();
    await w.import([...plain, '--no-rewrite']);
    const before = w.text();
    const prepared = await prepareImport({ file: w.file, url: w.url });
    expect(prepared.inputs.built.plan.writes).toEqual([]);
    const gone = at('write', () =>
      withDatabase(engine, w.url, (statement) =>
        statement("DELETE FROM system_settings WHERE setting_key = 'timmy.enabled'"),
      ).then(() => undefined),
    );
    expect(await failure(carryOut(prepared, gone))).toMatchObject({ code: 'legacy/changed-meanwhile' });
    expect(w.text()).toBe(before);
  });

  it('undoes an import whose rows were only encrypted anew since', async () => {
    const w = await create();
    const before = w.text();
    await w.import(plain);
    await withDatabase(engine, w.url, (statement) =>
      statement(
        "UPDATE system_settings SET value = 'ENC:v1:2:1795249519:AAAA' WHERE setting_key = 'timmy.enabled'",
      ),
    );
    expect(await w.run(['import-legacy', '--undo', w.receipt()])).toMatchObject({ code: 0 });
    expect(w.text()).toBe(before);
  });

  it('writes nothing over rows of a table that was missing when it planned', async () => {
    const w = await Workspace.create(engine, sampleText);
    const prepared = await prepareImport({ file: w.file, url: w.url });
    const appear = at('write', async () => {
      await createServerTable(engine, w.url, { origin: true });
      await insertRow(engine, w.url, {
        key: 'timmy.enabled',
        value: 'false',
        type: 'bool',
        origin: 'explicit',
      });
    });
    expect(await failure(carryOut(prepared, appear))).toMatchObject({
      code: 'legacy/changed-meanwhile',
    });
    expect(await w.values()).toEqual({ 'timmy.enabled': 'false' });
    expect(w.text()).toBe(sampleText.replace('$URL', w.url));
    expect(w.files()).toEqual(['config.yml']);
  });

  it('puts file and rows back when the file does not hold what was written', async () => {
    const w = await create();
    const before = await w.rows();
    const prepared = await prepareImport({ file: w.file, url: w.url });
    const damage = at('verify', () => writeFileSync(w.file, 'damaged'));
    expect(await failure(carryOut(prepared, damage))).toMatchObject({ code: 'legacy/proof-failed' });
    expect(await w.rows()).toEqual(before);
    expect(w.text()).toBe(sampleText.replace('$URL', w.url));
  });
});

describeServers((engine) => {
  it.each(['lock', 'write', 'commit'] as const)(
    'is finished by the next run when the connection breaks before "%s"',
    async (step) => {
      const w = await Workspace.create(engine, sampleText);
      const prepared = await prepareImport({ file: w.file, url: w.url });
      if (step === 'lock' && engine === 'postgres') {
        // Nothing hangs on a session before the lock, so a new one that is set up alike takes its place.
        await carryOut(
          prepared,
          at(step, () => cutConnections(engine, w.url)),
        );
        expect(w.text()).toBe(sampleAfter.replace('$URL', w.url));
        expect((await w.rows()).size).toBe(sampleRows.length);
        return;
      }
      const error = await failure(
        carryOut(
          prepared,
          at(step, () => cutConnections(engine, w.url)),
        ),
      );
      expect(error).toMatchObject({ exitCode: 6 });
      expect(await w.values()).toEqual({});
      expect(w.text()).toBe(sampleText.replace('$URL', w.url));

      const next = await w.import(plain, { now: new Date('2026-11-22T00:00:00Z') });
      expect({ code: next.code, err: next.err }).toEqual({ code: 0, err: '' });
      expect(w.text()).toBe(sampleAfter.replace('$URL', w.url));
      expect(w.files()).toEqual([
        'config.yml',
        'config.yml.20261122-000000.bak',
        'config.yml.20261122-000000.receipt.json',
      ]);
      expect((await w.rows()).size).toBe(sampleRows.length);
    },
  );
});

it.each([
  ['recover', 143, sampleText],
  ['commit', 143, sampleText],
  ['rewrite', 0, sampleAfter],
  ['complete', 0, sampleAfter],
] as const)('when it is asked to stop before "%s", ends with %i', async (step, expected, text) => {
  const w = await Workspace.create('sqlite', sampleText);
  const controller = new AbortController();
  const { code } = await w.import([...plain, '--verbose'], {
    signal: controller.signal,
    onWrite: (_, line) => {
      if (line === `· ${step}\n`) controller.abort('SIGTERM');
    },
  });
  expect(code).toBe(expected);
  expect(w.text()).toBe(text.replace('$URL', w.url));
  expect(w.files()).toHaveLength(expected === 0 ? 3 : 1);
  expect((await w.rows()).size).toBe(expected === 0 ? sampleRows.length : 0);
});
