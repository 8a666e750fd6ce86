import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { ConfigFile } from '../../src/config/files/read.js';
import { planSidecars } from '../../src/legacy/target.js';

const folder = mkdtempSync(path.join(tmpdir(), 'tmi-dbtool-target-'));
const realPath = path.join(folder, 'config.yml');
writeFileSync(realPath, 'a: 1\n');
afterAll(() => rmSync(folder, { recursive: true }));

const owned = (uid: number): ConfigFile => ({
  name: 'config.yml',
  realPath,
  bytes: Buffer.from('a: 1\n'),
  mode: 0o640,
  uid,
  gid: 0,
  links: 1,
});

it.each([
  ['its owner', 1000, 1000],
  ['root', 1000, 0],
  ['root, whose it is', 0, 0],
  ['whoever works where users have no numbers', 1000, undefined],
])('lets %s rewrite a file in place', async (_, owner, uid) => {
  const sidecars = await planSidecars(owned(owner), { kind: 'in-place' }, true, uid);
  expect(sidecars).toEqual({ backup: true, base: realPath });
});

it.each([
  [1000, 1001],
  [0, 1000],
])('keeps the file of user %i from changing hands to user %i', async (owner, uid) => {
  await expect(planSidecars(owned(owner), { kind: 'in-place' }, true, uid)).rejects.toMatchObject({
    code: 'legacy/cannot-rewrite-here',
    message: 'config.yml belongs to another user, and the new file could not keep its owner',
  });
  await expect(planSidecars(owned(owner), { kind: 'none' }, false, uid)).resolves.toEqual({
    backup: false,
    base: undefined,
  });
});
