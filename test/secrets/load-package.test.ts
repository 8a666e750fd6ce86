import { describe, expect, it } from 'vitest';
import { loadPackage } from '../../src/secrets/load-package.js';

describe('loadPackage', () => {
  it.each(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'])(
    'gives the line that installs what is missing (%s)',
    async (code) => {
      const missing = () => Promise.reject(Object.assign(new Error('x'), { code }));
      await expect(loadPackage(['@a/b', '@a/c'], missing)).rejects.toMatchObject({
        code: 'secrets/provider-not-installed',
        hint: 'Run: npm install @a/b @a/c (with --global where tmi-dbtool was installed with it)',
      });
    },
  );

  it('lets other faults of a package through', async () => {
    const broken = new SyntaxError('broken');
    await expect(loadPackage(['a'], () => Promise.reject(broken))).rejects.toBe(broken);
  });

  it('recognises what node says of a package that is not there', async () => {
    const name = 'no-such-package-of-any-vendor';
    await expect(loadPackage([name], () => import(/* @vite-ignore */ name))).rejects.toMatchObject({
      code: 'secrets/provider-not-installed',
    });
  });
});
