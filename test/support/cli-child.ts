import { main } from '../../commands/main.js';
import { FakeIo } from './io.js';

/** What a run in a process of its own is told, as JSON in its first argument. */
export interface ChildRequest {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly now: string;
  /** The process kills itself just before the step of this name, which `--verbose` announces. */
  readonly killAt?: string;
}

const request = JSON.parse(process.argv[2] ?? '') as ChildRequest;
const io = new FakeIo({
  cwd: request.cwd,
  env: request.env,
  now: new Date(request.now),
  onWrite: (stream, text) => {
    if (stream === 'stderr' && text === `· ${request.killAt ?? ''}\n`) process.kill(process.pid, 'SIGKILL');
    process[stream].write(text);
  },
});
process.exitCode = await main(request.args, io);
