export { answerTimeout } from './answer-timeout.js';
export { connectDatabase, type ConnectDatabaseOptions } from './connect.js';
export type {
  Capabilities,
  Database,
  DatabaseSession,
  DatabaseTarget,
  DropOptions,
  InstantCodec,
  ReadTableOptions,
  StatementListener,
  TableContents,
} from './contract.js';
export { filesOfTarget } from './files.js';
export { identifyTarget } from './identity.js';
export { mayDifferByUser, sameAddress } from './same-database.js';
export { describeTarget, fileOfTarget, nameTarget } from './target.js';
export { connectWhenReady } from './wait.js';
export { parseDatabaseUrl, type ParsedUrl } from './url.js';

export { RUN_LOCK } from './run-lock.js';
export type { MissingRight, NeededRights } from './rights.js';

export type {
  ColumnFacts,
  BrokenConstraint,
  CounterFacts,
  ForeignKeyFacts,
  PortableRow,
  PortableValue,
  ReadFilter,
  SchemaFacts,
  SequenceFacts,
  StiffConstraint,
  TableGuard,
  TableFacts,
  TaggedValue,
  ValueKind,
} from './schema-facts.js';
export { valueKinds } from './schema-facts.js';
export type { RowBlock } from './row-blocks.js';
export type { ForeignKeyOfTable, RowLines, Transfer } from './transfer.js';
export type { EngineName } from './engine-name.js';
