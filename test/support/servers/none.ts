import type { TestProject } from 'vitest/node';
import { serverEngines, type ServerDirectory } from './engines.js';

/** A set-up without servers: whatever needs one is skipped, and the same bodies run on SQLite. */
export default function setup(project: TestProject): void {
  const missing = Object.fromEntries(
    serverEngines.map((engine) => [engine, 'this run starts no servers']),
  ) as ServerDirectory['missing'];
  project.provide('testServers', { socket: '', missing, isPooled: false });
}
