import { readFileSync } from 'node:fs';
import { Script } from 'node:vm';
import type { setFlagsFromString as SetFlags } from 'node:v8';

/*
 * Starts the built program. What takes longest in a run of some milliseconds is to compile the code, so the build lays
 * what V8 made of it beside it. V8 does not take what another V8 made, and compiles as usual then. What its optimising
 * compiler makes is used too seldom in such a run to pay, and so is the room that the marking of garbage finds: both rest
 * until a run turns out to be a longer one.
 */

/** A module of the program: fills `exports`, and asks for others, at once or when they are needed. */
type Part = (
  module: { exports: unknown },
  require: (name: string) => unknown,
  later: (name: string) => Promise<unknown>,
) => void;

const START = 'start.js';
/** Milliseconds of CPU after which a run is no short one. */
const SHORT_CPU_MS = 1000;
const LOOK_MS = 250;

const folder = `${__dirname}/program/`;
// This file's own: `node:module` would load the loader of ES modules.
const outside = require;
const SHORT_RUN = '--no-opt --no-incremental-marking';
const LONG_RUN = '--opt --incremental-marking';
/** Undefined while V8 works as usual. */
let setFlags: typeof SetFlags | undefined;
let isLong = false;

/** Lets V8 spare what does not pay until the run is a long one. */
function rest(): void {
  if (isLong || setFlags) return;
  ({ setFlagsFromString: setFlags } = outside('node:v8') as { setFlagsFromString: typeof SetFlags });
  setFlags(SHORT_RUN);
  const timer = setInterval(() => {
    const { user, system } = process.cpuUsage();
    if ((user + system) / 1000 > SHORT_CPU_MS) goOn();
    if (isLong) clearInterval(timer);
  }, LOOK_MS);
  timer.unref();
}

function goOn(): void {
  isLong = true;
  setFlags?.(LONG_RUN);
  setFlags = undefined;
}

/** Does what V8 takes code caches for, Node's own ones too: it takes those that were made under its present flags. */
function withCaches<T>(work: () => T): T {
  setFlags?.(LONG_RUN);
  try {
    return work();
  } finally {
    setFlags?.(SHORT_RUN);
  }
}
/** By name; in place of a part the name of the file that holds it. Parts that stand nowhere have a file of their own. */
const parts: Record<string, Part | string> = {};
const loaded = new Map<string, { exports: unknown }>();

/** Commands with caches of their own, which hold what they call and nothing else; the build names them. */
declare const CACHED_COMMANDS: readonly string[];
const words = `${process.argv.slice(2).join(' ')} `;
const command = CACHED_COMMANDS.find((name) => words.startsWith(`${name} `));

function cacheNamed(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined; // only what short runs need has one
  }
}

const cacheOf = (file: string): Buffer | undefined =>
  (command && cacheNamed(`${file}.${command.replace(' ', '-')}.cache`)) || cacheNamed(`${file}.cache`);

function read(name: string): void {
  const file = folder + name;
  const cachedData = cacheOf(file);
  if (!cachedData) goOn();
  else if (name !== START) rest();
  const script = withCaches(
    () =>
      new Script(readFileSync(file, 'latin1'), {
        // From this folder on: the code cache holds the name, and is to be the same wherever it was made.
        filename: `program/${name}`,
        cachedData,
      }),
  );
  Object.assign(parts, script.runInThisContext());
}

/** Parts of Node.js that take milliseconds to load, and that many a run asks for and does not use. */
const seldomUsed =
  /^(?:dns|node:(?:child_process|crypto|fs\/promises|net|os|stream|stream\/promises|timers\/promises|tls|zlib))$/;

/** A part of Node.js that is loaded when something of it is used. */
function whenUsed(name: string): unknown {
  let found: object | undefined;
  const real = (): object => (found ??= withCaches(() => outside(name) as object));
  return new Proxy(
    {},
    {
      get: (_, property) => Reflect.get(real(), property) as unknown,
      has: (_, property) => Reflect.has(real(), property),
      ownKeys: () => Reflect.ownKeys(real()),
      getOwnPropertyDescriptor(_, property) {
        const descriptor = Reflect.getOwnPropertyDescriptor(real(), property);
        return descriptor && { ...descriptor, configurable: true };
      },
    },
  );
}

function load(name: string): unknown {
  const known = loaded.get(name);
  if (known) return known.exports;
  if (!name.startsWith('./')) {
    const exports = seldomUsed.test(name) ? whenUsed(name) : withCaches(() => outside(name) as unknown);
    // Only now: what cannot be loaded is to be missed by whoever asks next as well.
    loaded.set(name, { exports });
    return exports;
  }
  const module = { exports: {} as unknown };
  loaded.set(name, module);
  if (typeof parts[name] !== 'function') read(parts[name] ?? name);
  (parts[name] as Part)(module, load, later);
  return module.exports;
}

/** What a part imports when it is needed: another part, or a package. */
const later = (name: string): Promise<unknown> =>
  // A part of Node.js needs nothing of its loader of modules, which would be set up for it.
  /^(?:\.\/|node:)/.test(name) ? Promise.resolve().then(() => load(name)) : import(name);

read(START);
load('./tmi-dbtool.js');
