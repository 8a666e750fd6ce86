import type { TestEngine } from './database.js';
import { withDatabase } from './rows.js';

/** Leaves the traces of a Go server in a database: the table with its schema's fingerprint, and one of its own tables. */
export function markGoServer(engine: TestEngine, url: string): Promise<void> {
  return withDatabase(engine, url, async (statement) => {
    await statement('CREATE TABLE tmi_schema_versions (id varchar(32) PRIMARY KEY, fingerprint varchar(64))');
    await statement("INSERT INTO tmi_schema_versions VALUES ('current', 'abc')");
    await statement('CREATE TABLE threat_models (id varchar(36) PRIMARY KEY)');
  });
}
