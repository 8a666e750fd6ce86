import { readInput } from './input.js';

/** `\040` for a blank, as the kernel writes them. */
function unescape(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}

/**
 * True for a file that is a mount of its own, as `docker run -v ./c.yml:/etc/c.yml` and the file of a ConfigMap make it:
 * nothing can take its place. The kernel's list tells, and a device number does not. False where there is no such list.
 * @param realPath absolute, with links followed
 */
export async function isMountPoint(realPath: string): Promise<boolean> {
  const input = await readInput('/proc/self/mountinfo').catch(() => undefined);
  const list = input?.bytes.toString('latin1') ?? '';
  const wanted = Buffer.from(realPath, 'utf8').toString('latin1');
  return list.split('\n').some((line) => unescape(line.split(' ')[4] ?? '') === wanted);
}
