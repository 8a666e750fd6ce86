import type { Position } from '../../errors/index.js';

export type PathSegment = string | number;
export type YamlPath = readonly PathSegment[];

/** The tags that a configuration file may write out; every other tag is refused. */
export const coreTags = ['str', 'int', 'float', 'bool', 'null', 'binary', 'map', 'seq'] as const;
export type CoreTag = (typeof coreTags)[number];

/** Plain scalars that mean null. */
export const nullTexts: ReadonlySet<string> = new Set(['', '~', 'null', 'Null', 'NULL']);

interface NodeBase {
  /** Where the value stands; for a value that comes through an alias or merge key, where the alias stands. */
  readonly position: Position;
  /** Start and end of the value in the text, in UTF-16 units; an alias's own range when `inherited`. */
  readonly range: readonly [start: number, end: number];
  /** True when the value is reached through an alias or a merge key, so that its text is shared. */
  readonly inherited: boolean;
  /** For an inherited value: where its own text stands, in UTF-16 units. Absent when that is `range`. */
  readonly writtenAt?: readonly [start: number, end: number];
}

export interface ScalarNode extends NodeBase {
  readonly kind: 'scalar';
  readonly style: 'plain' | 'single' | 'double' | 'literal' | 'folded';
  /** The text: as written for a plain scalar (`1.10` stays `1.10`), unescaped for the other styles, decoded for `!!binary`. */
  readonly text: string;
  /** True for a text of `nullTexts` in plain style. */
  readonly isNull: boolean;
  /** An explicit core tag, such as `str` for `!!str 12`. Absent without one. */
  readonly tag?: CoreTag;
}

/** A key with its value, in a map. */
export interface MapEntry {
  readonly key: string;
  /** Where the key stands; for a merged entry, where the merge key stands. */
  readonly keyPosition: Position;
  /** `own`: written in this map. `merged`: brought in by `<<`. */
  readonly from: 'own' | 'merged';
  readonly value: YamlNode;
}

export interface MapNode extends NodeBase {
  readonly kind: 'map';
  /** In the order of the text; merged entries stand where their merge key stands; overridden ones are left out. */
  readonly entries: readonly MapEntry[];
}

export interface SequenceNode extends NodeBase {
  readonly kind: 'sequence';
  readonly items: readonly YamlNode[];
}

export type YamlNode = ScalarNode | MapNode | SequenceNode;
