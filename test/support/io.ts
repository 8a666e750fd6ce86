import { Writable } from 'node:stream';
import type { Io, TextSink } from '../../commands/io.js';

export interface FakeIoOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Answers to prompts, in order. With any, the streams are a terminal that can be asked. */
  readonly answers?: readonly string[];
  readonly now?: Date;
  readonly stdin?: string | Buffer;
  readonly signal?: AbortSignal;
  /** Told every text before it is recorded. */
  readonly onWrite?: (stream: 'stdout' | 'stderr', text: string) => void;
}

/** The world as a command sees it, with everything that it prints kept for the test. */
export class FakeIo implements Io {
  readonly env: Io['env'];
  readonly cwd: string;
  readonly uid = process.getuid?.();
  readonly canPrompt: boolean;
  readonly runtime = { node: 'v0.0.0', platform: 'test', program: process.argv[1] ?? '' };
  readonly signal: AbortSignal;
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly questions: string[] = [];
  #out = '';
  #err = '';

  constructor(private readonly options: FakeIoOptions = {}) {
    this.env = options.env ?? {};
    this.cwd = options.cwd ?? '/';
    this.canPrompt = options.answers !== undefined;
    this.signal = options.signal ?? new AbortController().signal;
    this.stdout = this.#sink('stdout', (text) => (this.#out += text));
    this.stderr = this.#sink('stderr', (text) => (this.#err += text));
  }

  #sink(name: 'stdout' | 'stderr', record: (text: string) => void): TextSink {
    return {
      write: (text) => {
        this.options.onWrite?.(name, text);
        record(text);
      },
      isTTY: false,
      columns: undefined,
    };
  }

  get out(): string {
    return this.#out;
  }

  get err(): string {
    return this.#err;
  }

  // Properties, not methods: code that spreads an Io must get them too.
  readonly prompt = async (question: string): Promise<string> => {
    const answer = this.options.answers?.[this.questions.length];
    this.questions.push(question);
    if (answer === undefined) throw new Error(`No answer was prepared for: ${question}`);
    return answer;
  };

  readonly readStdin = async (): Promise<Buffer> => Buffer.from(this.options.stdin ?? '');

  /** No signal reaches a run inside a test. */
  readonly onSignal = (): (() => void) => () => undefined;

  /** What was written to `binaryOutput`. */
  readonly binary: Buffer[] = [];

  readonly binaryOutput = (): Writable =>
    new Writable({
      write: (chunk: Buffer, _, done) => {
        this.binary.push(chunk);
        done();
      },
    });

  readonly binaryInput = async function* (this: FakeIo): AsyncGenerator<Buffer> {
    yield await this.readStdin();
  }.bind(this);

  readonly now = (): Date => this.options.now ?? new Date('2026-11-21T07:45:00.000Z');
}
