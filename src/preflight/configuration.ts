import { readEnvironment, type EnvironmentLayer } from '../config/environment.js';
import { emptyFileLayer, readFileLayer, type FileLayer } from '../config/file-layer.js';
import type { LayerValue } from '../config/layer.js';
import { readLeaves, type ConfigLeaf } from '../config/leaves.js';
import { keyOfSetting } from '../config/setting-key.js';
import { statedFor, type Stated } from '../config/stated.js';
import type { Environment } from '../config/variable.js';
import { allWritten, writtenValue, type WrittenLayers } from '../config/written.js';
import type { MapEntry, MapNode } from '../config/yaml/node.js';
import type { YamlText } from '../config/yaml/parse.js';
import type { Position } from '../errors/index.js';
import { settingByPath } from '../registry/index.js';
import { isReference } from '../config/reference.js';
import type { ServerChoice, ServerModel } from '../config/precedence.js';
import type { SecretValue } from '../values/secret-value.js';
import type { Place, Report } from './finding.js';
import { providersOf, type ProviderView } from './providers.js';
import { shownText } from './shown.js';
import type { Value } from './value.js';

export type { Value } from './value.js';

export interface ConfigurationOptions {
  /** Operational keys in the file are errors. */
  readonly strict: boolean;
  /** Which server reads it; `auto` when nobody has said so. */
  readonly server: ServerChoice;
}

const startOfFile: Position = { line: 1, column: 1 };

function placeOfLayerValue({ written }: LayerValue): Place {
  return written.layer === 'file'
    ? { file: written.file, position: written.position }
    : { variable: written.variable };
}

/** What file and environment say, as rules ask for it. Reads nothing from disk, network or process. */
export class Configuration {
  readonly leaves: readonly ConfigLeaf[];
  readonly fileLayer: FileLayer;
  readonly environmentLayer: EnvironmentLayer;
  #providers: readonly ProviderView[] | undefined;
  #allWritten: readonly Value[] | undefined;
  #resolved: ReadonlyMap<string, SecretValue> = new Map();

  constructor(
    readonly document: YamlText | undefined,
    readonly environment: Environment,
    private said: ConfigurationOptions,
  ) {
    this.leaves = document ? readLeaves(document.root) : [];
    this.fileLayer = document ? readFileLayer(this.leaves, document.file) : emptyFileLayer;
    this.environmentLayer = readEnvironment(environment);
  }

  get options(): ConfigurationOptions {
    return this.said;
  }

  /** From now on rules judge by this server: the database has told whose it is. */
  judgeBy(server: ServerModel): void {
    this.said = { ...this.said, server };
  }

  /** The file's name as the user gave it. */
  get file(): string | undefined {
    return this.document?.file;
  }

  get providers(): readonly ProviderView[] {
    this.#providers ??= providersOf(this);
    return this.#providers;
  }

  /** From now on rules see what references lead to, by path. */
  useResolved(values: ReadonlyMap<string, SecretValue>): void {
    this.#resolved = values;
  }

  /** What a server takes of what somebody wrote for a setting. A provider of the environment hides the file's. */
  written(path: string): Value | undefined {
    const found = writtenValue(layerKey(path), this.layers);
    return found && valueOf(found);
  }

  /** File and environment as precedence asks for them. */
  get layers(): WrittenLayers {
    return { file: this.fileLayer, environment: this.environmentLayer };
  }

  /** What somebody stated for a setting that is read at start, be it valid or not. */
  stated(path: string): Stated {
    const file = this.document && {
      name: this.document.file,
      leaves: this.leaves,
      layer: this.fileLayer,
    };
    return statedFor(path, this.environmentLayer, file ? [file] : []);
  }

  /** What stands in the file for a setting, also where a variable overrides it. */
  inFile(path: string): Value | undefined {
    const found = this.fileLayer.values.get(layerKey(path));
    return found && valueOf(found);
  }

  /**
   * What the server takes: what somebody wrote, else the default. Of operational settings only what was written is
   * known here, since the database may hold the rest.
   */
  value(path: string): Value | undefined {
    const written = this.written(path);
    if (written) return written;
    const setting = settingByPath(path);
    if (!setting || setting.category !== 'bootstrap' || setting.default === undefined) return undefined;
    return {
      key: keyOfSetting(setting),
      text: setting.default,
      layer: 'default',
      place: this.placeOf(path),
    };
  }

  /** The text of `value`, empty when there is none. */
  text(path: string): string {
    return this.value(path)?.text ?? '';
  }

  /** Everything that somebody wrote, each setting once: what the server takes of it. */
  get allWritten(): readonly Value[] {
    this.#allWritten ??= allWritten(this.layers).map(valueOf);
    return this.#allWritten;
  }

  /**
   * The secret itself: an inline value, or what a reference was resolved to. Undefined for a reference that was not
   * resolved. For checks only, never for output.
   */
  secretText(value: Value | undefined): string | undefined {
    if (!value) return undefined;
    if (!isReference(value.text)) return value.text;
    return this.#resolved.get(value.key.path)?.reveal();
  }

  /** Where a path stands in the file, or the innermost block of it that does; line 1 when none does. */
  placeOf(path: string): Place {
    if (!this.document) return {};
    const position = this.#deepest(path.split('.'))?.keyPosition ?? startOfFile;
    return { file: this.document.file, position };
  }

  #deepest(path: readonly string[]): MapEntry | undefined {
    let map: MapNode | undefined = this.document?.root;
    let deepest: MapEntry | undefined;
    for (const segment of path) {
      const entry: MapEntry | undefined = map?.entries.find((candidate) => candidate.key === segment);
      if (!entry) break;
      deepest = entry;
      map = entry.value.kind === 'map' ? entry.value : undefined;
    }
    return deepest;
  }
}

/** The name under which layers hold a path: the database key where there is one. */
function layerKey(path: string): string {
  return settingByPath(path)?.databaseKey ?? path;
}

function valueOf(found: LayerValue): Value {
  return {
    key: found.key,
    text: found.text,
    layer: found.written.layer,
    place: placeOfLayerValue(found),
  };
}

/** A report about a value: at its place, under its key, with what was found, masked. */
export function reportOn(value: Value, report: Omit<Report, keyof Place | 'key'>): Report {
  return {
    ...value.place,
    key: value.key.path,
    ...(value.text === '' ? {} : { found: shownText(value.key, value.text) }),
    ...report,
  };
}
