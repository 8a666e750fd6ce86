/** A run of whole lines that goes, first and last included; lines count from 0. */
export interface LineCut {
  readonly first: number;
  readonly last: number;
  /** The pair is the first of its block: nothing of the block stands above. */
  readonly opensBlock: boolean;
  /** New text takes the place of the lines, so that blank lines around it keep separating. */
  readonly replaced: boolean;
}

/** Characters that go, from start to before end. */
export type Span = readonly [start: number, end: number];

/** New text, put before the character at an offset of the original text. */
export interface Insertion {
  readonly offset: number;
  readonly text: string;
}

/** Why a pair cannot be cut, at the place of the obstacle. */
export interface Refusal {
  readonly offset: number;
  readonly message: string;
  readonly hint: string;
}

/** What an edit does to the text, collected map by map. */
export class Changes {
  readonly lines: LineCut[] = [];
  readonly spans: Span[] = [];
  readonly insertions: Insertion[] = [];
  readonly refusals: Refusal[] = [];

  refuse(offset: number, message: string, hint: string): void {
    this.refusals.push({ offset, message, hint });
  }
}
