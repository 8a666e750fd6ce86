import { spawn } from 'node:child_process';
import type { Binary } from './binary.js';

/** A command at a terminal, and what a person types each time that it asks. */
export interface Step {
  readonly args: readonly string[];
  readonly answers: readonly string[];
}

export interface Terminal {
  readonly cwd: string;
  /** Width in cells. */
  readonly columns: number;
  readonly env: Readonly<Record<string, string>>;
}

/** How a command ended, and what stood on the screen. */
export interface Shown {
  readonly code: number | null;
  readonly screen: string;
}

/** Ends a command that asks more than was expected. */
const CTRL_C = '\u0003';

const quoted = (word: string): string => `'${word}'`;

// eslint-disable-next-line no-control-regex -- what a terminal takes for an order begins with ESC.
const orders = /\u001b\[[\d;?]*[A-Za-z]/g;

/** What stands there in the end: orders to the terminal are gone, and a carriage return begins a line anew. */
function screenOf(out: string): string {
  return out
    .replace(orders, '')
    .split(/\r?\n/)
    .map((line) => line.split('\r').reduce((shown, part) => part + shown.slice(part.length), ''))
    .join('\n');
}

/** Runs the program on a terminal of its own, which `script` of util-linux makes, and types the answers when it asks. */
export function onTerminal(binary: Binary, { args, answers }: Step, terminal: Terminal): Promise<Shown> {
  const words = [...binary.command, ...args].map(quoted).join(' ');
  const child = spawn(
    'script',
    ['-qec', `stty cols ${terminal.columns} rows 50; exec ${words}`, '/dev/null'],
    {
      cwd: terminal.cwd,
      env: { PATH: process.env['PATH'], TERM: 'xterm', ...terminal.env },
      stdio: 'pipe',
    },
  );
  let out = '';
  const open = [...answers];
  let answered = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    const text = out.replace(orders, '');
    // Orders to the terminal may come by themselves behind a question: they are no second one.
    if (!text.endsWith('[y/N] ') || text.length === answered) return;
    answered = text.length;
    child.stdin.write(`${open.shift() ?? CTRL_C}\r`);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, screen: screenOf(out) }));
  });
}
