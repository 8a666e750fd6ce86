import { shellWord } from '../values/index.js';

/**
 * The arguments that undo an import, for what is to be typed next. Only a caller knows what chose the database, which has to
 * be repeated in them.
 * @param receipt its path, or its id in the database
 */
export type UndoArguments = (receipt: string) => string;

/** Those that do where nothing but the receipt chose the database. */
export const undoArguments: UndoArguments = (receipt) => `import-legacy --undo ${shellWord(receipt)}`;
