import { execFile } from 'node:child_process';

/** What one line of a shell printed, on both streams as a terminal shows them, and how it ended. */
export interface LineRun {
  readonly line: string;
  readonly output: string;
  readonly status: number;
}

const MARK = '\u001e';

/**
 * Types lines into one shell, one after the other: what one sets, the next ones have.
 * @param env all variables that there are, `PATH` too
 */
export async function inOneShell(
  lines: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<LineRun[]> {
  const script = lines.map((line) => `${line}\nprintf '${MARK}%s${MARK}' "$?"`).join('\n');
  const all = await new Promise<string>((resolve, reject) => {
    const args = ['--noprofile', '--norc', '-c', `exec 2>&1\n${script}`];
    const shell = execFile('/bin/bash', args, { cwd, env, maxBuffer: 1e8 }, (error, out) => {
      if (error !== null && out === '') reject(new Error('The shell ran nothing', { cause: error }));
      else resolve(out);
    });
    shell.stdin?.end();
  });
  const parts = all.split(MARK);
  return lines.map((line, i) => ({
    line,
    output: parts[2 * i] ?? '',
    status: Number(parts[2 * i + 1] ?? Number.NaN),
  }));
}
