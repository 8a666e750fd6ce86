import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Script } from 'node:vm';

/*
 * Starts the built program. What takes longest in a run of some milliseconds is to compile the code, so the build lays
 * what V8 made of it beside it. V8 does not take what another V8 made, and compiles as usual then.
 */

/** A module of the program: fills `exports`, and asks for others, at once or when they are needed. */
type Part = (
  module: { exports: unknown },
  require: (name: string) => unknown,
  later: (name: string) => Promise<unknown>,
) => void;

const folder = `${__dirname}/program/`;
const outside = createRequire(__filename);
/** By name; in place of a part the name of the file that holds it. Parts that stand nowhere have a file of their own. */
const parts: Record<string, Part | string> = {};
const loaded = new Map<string, { exports: unknown }>();

function cacheOf(file: string): Buffer | undefined {
  try {
    return readFileSync(`${file}.cache`);
  } catch {
    return undefined; // only what short runs need has one
  }
}

function read(name: string): void {
  const file = folder + name;
  const script = new Script(readFileSync(file, 'latin1'), {
    // From this folder on: the code cache holds the name, and is to be the same wherever it was made.
    filename: `program/${name}`,
    cachedData: cacheOf(file),
  });
  Object.assign(parts, script.runInThisContext());
}

function load(name: string): unknown {
  if (!name.startsWith('./')) return outside(name) as unknown;
  const known = loaded.get(name);
  if (known) return known.exports;
  const module = { exports: {} as unknown };
  loaded.set(name, module);
  if (typeof parts[name] !== 'function') read(parts[name] ?? name);
  (parts[name] as Part)(module, load, later);
  return module.exports;
}

/** What a part imports when it is needed: another part, or a package. */
const later = (name: string): Promise<unknown> =>
  name.startsWith('./') ? Promise.resolve().then(() => load(name)) : import(name);

read('start.js');
load('./tmi-dbtool.js');
