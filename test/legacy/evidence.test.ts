import { describe, expect, it } from 'vitest';
import { assertOurs, isOurs, placedReceipt } from '../../src/legacy/evidence.js';
import { failure, thrown } from '../support/errors.js';

const name = 'config.yml.20261121-074500.receipt.json';
const backup = '/srv/config.yml.20261121-074500.bak';

interface Described {
  readonly path: string;
  readonly sha256After: string | null;
  readonly backup: string | null;
  readonly output?: { readonly path: string };
}

const receipt = (more: Partial<Described> = {}): { file: Described } => ({
  file: { path: '/srv/config.yml', sha256After: 'b', backup, ...more },
});

/** Written with `--output`: it lies beside the output, and speaks of a file elsewhere that was left alone. */
const elsewhere = (more: Partial<Described> = {}): { file: Described } =>
  receipt({
    path: '/etc/config.yml',
    sha256After: null,
    backup: null,
    output: { path: '/srv/new.yml' },
    ...more,
  });

describe('where a receipt lies', () => {
  it.each([
    ['beside its file', receipt()],
    ['beside its file, without a backup', receipt({ backup: null })],
    ['beside the output', elsewhere()],
  ])('is right %s', (_, described) =>
    expect(placedReceipt(`/srv/${name}`, described, undefined)).toBe(described),
  );

  it.each([
    ['of a file elsewhere', receipt({ path: '/etc/config.yml' }), '/etc/config.yml'],
    ['of another file beside it', receipt({ path: '/srv/other.yml' }), '/srv/other.yml'],
    [
      'with a backup elsewhere',
      receipt({ backup: '/etc/config.yml.20261121-074500.bak' }),
      '/srv/config.yml',
    ],
    [
      'with a backup of another time',
      receipt({ backup: '/srv/config.yml.20261121-074501.bak' }),
      '/srv/config.yml',
    ],
    ['beside no output', elsewhere({ output: { path: '/opt/new.yml' } }), '/etc/config.yml'],
    ['with an output, of a file that was rewritten', elsewhere({ sha256After: 'b' }), '/etc/config.yml'],
    ['with an output, of a file of another name', elsewhere({ path: '/etc/other.yml' }), '/etc/other.yml'],
  ])('is not believed %s', (_, described, path) => {
    expect(thrown(() => placedReceipt(`/srv/${name}`, described, undefined))).toMatchObject({
      code: 'legacy/receipt-not-trusted',
      message: `The receipt speaks of ${path}, and lies beside /srv/config.yml`,
      hint: 'Nothing was changed. If it was moved there together with its backup, name the configuration file with --file FILE.',
    });
  });

  it.each([
    'receipt.json',
    'config.yml.receipt.json',
    '.20261121-074500.receipt.json',
    'config.yml.20261121-07450.receipt.json',
    'config.yml.20261121-074500.receipt.json.old',
    'config.yml.20261121-074500.receipt_json',
    'config.yml.x20261121-074500.receipt.json',
  ])('is not believed under the name %s', (other) => {
    expect(thrown(() => placedReceipt(`/srv/${other}`, receipt(), undefined))).toMatchObject({
      code: 'legacy/receipt-not-trusted',
      message: `${other} is no name that an import gives to a receipt`,
      hint: 'Nothing was changed. Give the receipt and its backup their names back: FILE.TIME.receipt.json and FILE.TIME.bak.',
    });
  });

  it('counts with its backup where the operator says that both were moved', () => {
    expect(placedReceipt(`/new/${name}`, receipt(), '/new/c.yml').file).toEqual({
      ...receipt().file,
      path: '/new/c.yml',
      backup: '/new/config.yml.20261121-074500.bak',
    });
    expect(placedReceipt(`/new/${name}`, receipt({ backup: null }), '/new/c.yml').file.backup).toBeNull();
  });
});

describe('whose a receipt is', () => {
  it.each([
    [1000, 1000, true],
    [0, 1000, true],
    [0, 0, true],
    [1000, 0, false],
    [1001, 1000, false],
    [1001, undefined, true],
  ])('of user %j, to user %j: %j', (uid, own, ours) => expect(isOurs({ uid }, own)).toBe(ours));

  it('is named with what its owner has to type', async () => {
    await assertOurs({ uid: 1000 }, 1000, 'r.json', 'import-legacy');
    expect(
      await failure(assertOurs({ uid: 4_000_000 }, 1000, 'r.json', 'import-legacy --undo last')),
    ).toMatchObject({
      code: 'legacy/receipt-not-trusted',
      message: 'r.json belongs to the user #4000000, who could have written anything into it',
      hint: "Nothing was changed. Run the command as that user: sudo -u '#4000000' tmi-dbtool import-legacy --undo last",
    });
  });
});
