import { spawn, type ChildProcess } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { bundle } from './bundle.js';

/**
 * Runs a TypeScript file in a process of its own, one that a test can kill. Its standard output is for the
 * test to read; its errors go to the test's own. It is killed, if need be, when the test ends.
 * @param entry path from the root of the project
 */
export async function startChild(entry: string, args: readonly string[]): Promise<ChildProcess> {
  const program = await bundle(entry);
  const child = spawn(process.execPath, [program.file, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
    program.dispose();
  });
  return child;
}

/** Waits until a child has printed `text`. */
export function printed(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes(text)) resolve();
    });
    child.once('exit', (code) =>
      reject(new Error(`The child ended (${String(code)}) before it printed "${text}".`)),
    );
  });
}
