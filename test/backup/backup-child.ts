import { backupBytes, restoreBackup, writeBackupFile } from '../../src/backup/index.js';
import { connectDatabase } from '../../src/database/index.js';
import { SecretValue } from '../../src/values/secret-value.js';

/** Backs up or restores in a process of its own, and says when it is in the middle of it. */
const [what, url = '', file = ''] = process.argv.slice(2);
const database = await connectDatabase({ url: new SecretValue(url) });
const { signal } = new AbortController();
let said = false;
let loading = what === 'backup';
const onProgress = ({ rows }: { rows: number }): void => {
  if (!loading || said || rows < 2000) return;
  said = true;
  process.stdout.write('half\n');
};
if (what === 'backup') {
  const request = { database, tool: 'test', now: new Date(), signal, onProgress };
  await writeBackupFile({ ...request, selection: { scope: 'all' } }, file, {
    name: file,
    overwrite: false,
    inUse: [],
  });
} else {
  await restoreBackup({
    database,
    open: () => backupBytes(file),
    replace: true,
    cutTimes: false,
    dryRun: false,
    signal,
    onProgress,
    onStep: (step) => (loading = step === 'load'),
  });
}
// Whoever waited for the middle kills this process; it must not end by itself before that.
setInterval(() => undefined, 60_000);
