import type { Server18Source } from '../registry/index.js';

/** Whose rules decide between layers: the documentation's, or those of the Go server 1.8. */
export type ServerModel = 'documented' | '1.8';

export const serverModels: readonly ServerModel[] = ['documented', '1.8'];

/** What an operator may say about it: one of the models, or that the tool shall find out. */
export type ServerChoice = 'auto' | ServerModel;

export const serverChoices: readonly ServerChoice[] = ['auto', ...serverModels];

/** Who stated a row's value. A server's own `origin` text is one of these or counts as `seeded`. */
export type RowOrigin = 'seeded' | 'explicit';

/**
 * What each layer holds for one setting, in normal form; undefined where a layer holds nothing. A row whose text is empty
 * holds nothing either: servers read it as not set.
 */
export interface Candidates {
  readonly default: string | undefined;
  readonly file: string | undefined;
  readonly environment: string | undefined;
  readonly row: { readonly text: string; readonly origin: RowOrigin } | undefined;
}

/** What decides beside the values. */
export interface Circumstances {
  readonly model: ServerModel;
  /** False for a bootstrap setting, which no server reads from the database. */
  readonly operational: boolean;
  readonly server18Reads: Server18Source | null;
  /** For a provider's field: the variables define the provider, so that the file's entry is not read at all. */
  readonly environmentDefinesProvider: boolean;
  /** For a provider's field: the file has an entry for the provider. */
  readonly fileDefinesProvider: boolean;
}

export type Winner = 'default' | 'file' | 'environment' | 'row';

export interface Effective {
  readonly winner: Winner;
  /** Undefined when no layer holds a value. */
  readonly text: string | undefined;
}

function heldText(row: Candidates['row']): string | undefined {
  return row === undefined || row.text === '' ? undefined : row.text;
}

/** Who outranks whom, strongest first, for each way in which a server reads. */
function ranking(candidates: Candidates, circumstances: Circumstances): readonly Winner[] {
  const { model, operational, server18Reads } = circumstances;
  if (!operational) return ['environment', 'file'];
  const explicit = candidates.row?.origin === 'explicit';
  const originFirst: readonly Winner[] = explicit
    ? ['row', 'environment', 'file']
    : ['environment', 'file', 'row'];
  if (model === 'documented') return originFirst;
  switch (server18Reads) {
    case 'origin':
      return originFirst;
    case 'config-first':
      return ['environment', 'file', 'row'];
    case 'provider': {
      const hidden = circumstances.environmentDefinesProvider || circumstances.fileDefinesProvider;
      return hidden ? ['environment', 'file'] : ['row'];
    }
    case 'file':
    case null:
      return ['environment', 'file'];
  }
}

/**
 * The value that a server will use for one setting, and the layer it takes it from. The one place that knows
 * precedence: import's proof, explain, diff and validation all ask here.
 */
export function effectiveValue(candidates: Candidates, circumstances: Circumstances): Effective {
  const file = circumstances.environmentDefinesProvider ? undefined : candidates.file;
  const texts: Readonly<Record<Winner, string | undefined>> = {
    default: candidates.default,
    file,
    environment: candidates.environment,
    row: heldText(candidates.row),
  };
  const winner = ranking(candidates, circumstances).find((layer) => texts[layer] !== undefined) ?? 'default';
  return { winner, text: texts[winner] };
}
