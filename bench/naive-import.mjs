// The import as a script by hand does it: one query for each setting, and nothing else. Usage: … FILE URL
import { readFileSync } from 'node:fs';
import yaml from 'js-yaml';
import pg from 'pg';

/** What stays in the file; the rest is operational. */
const bootstrap = /^(server|database)\.|^auth\.(build_mode|jwt\.secret)$/;

const [file, url] = process.argv.slice(2);
const leaves = (value, path) =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.entries(value).flatMap(([key, below]) => leaves(below, [...path, key]))
    : [[path.join('.'), Array.isArray(value) ? JSON.stringify(value) : String(value)]];
const settings = leaves(yaml.load(readFileSync(file, 'utf8')), []).filter(([key]) => !bootstrap.test(key));

const client = new pg.Client({ connectionString: url });
await client.connect();
await client.query(`CREATE TABLE IF NOT EXISTS system_settings (setting_key varchar(256) PRIMARY KEY,
  value text NOT NULL, setting_type varchar(50) NOT NULL, description text, modified_at timestamptz NOT NULL,
  modified_by varchar(36), origin varchar(16))`);
for (const [key, value] of settings) {
  await client.query(
    'INSERT INTO system_settings VALUES ($1, $2, $3, NULL, now(), NULL, $4) ON CONFLICT DO NOTHING',
    [key, value, 'string', 'explicit'],
  );
}
await client.end();
