// Runs whole processes and takes their time, their CPU and their peak memory.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { clearInterval, setInterval } from 'node:timers';

/** The process and all below it. */
function family(pid) {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return Number(readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').pop().split(' ')[1]) === pid;
      } catch {
        return false;
      }
    });
  return [pid, ...children.flatMap((child) => family(Number(child)))];
}

/** Peak resident memory in MB, as the kernel keeps it. */
function peakOf(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/**
 * Runs a shell line to its end.
 * @returns seconds of the whole, seconds of CPU of its processes, and the largest of them in MB
 */
export function measure(line, env = {}) {
  return new Promise((resolve, reject) => {
    // The shell adds up what its processes took; servers are none of them.
    const child = spawn('bash', ['-c', `TIMEFORMAT='%R %U %S'; set -o pipefail; time { ${line}; }`], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...env },
    });
    let errors = '';
    child.stderr.on('data', (chunk) => (errors += chunk));
    let peak = 0;
    const timer = setInterval(() => {
      for (const pid of family(child.pid)) peak = Math.max(peak, peakOf(pid));
    }, 100);
    child.on('error', reject);
    child.on('exit', (code) => {
      clearInterval(timer);
      if (code !== 0) return reject(new Error(`${line} ended with ${code}: ${errors}`));
      const [wall, user, system] = errors.trim().split('\n').pop().split(' ').map(Number);
      resolve({ wall, cpu: user + system, peak });
    });
  });
}

const middle = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Several runs as one: minimum and median of the time, median of the CPU, the largest memory. */
export function summary(runs) {
  const walls = runs.map(({ wall }) => wall);
  return {
    least: Math.min(...walls),
    wall: middle(walls),
    cpu: middle(runs.map(({ cpu }) => cpu)),
    peak: Math.max(...runs.map(({ peak }) => peak)),
  };
}

/**
 * Runs the contestants of a race in turns, A B C A B C, so that a slow minute of the machine hits all of them.
 * @param contestants `{ name: async () => measurement }`
 */
export async function race(contestants, rounds) {
  const runs = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, run] of Object.entries(contestants)) runs[name].push(await run());
  }
  return Object.fromEntries(Object.entries(runs).map(([name, all]) => [name, summary(all)]));
}
