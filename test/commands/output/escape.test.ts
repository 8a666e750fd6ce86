import { describe, expect, it } from 'vitest';
import { errorText } from '../../../commands/output/error.js';
import { escapeCell, escapeControls, escapeLines } from '../../../commands/output/escape.js';
import { alignedTable } from '../../../commands/output/table.js';
import { ToolError } from '../../../src/errors/index.js';
import { Workspace } from '../../support/workspace.js';

const evil = '\u001B]0;owned\u0007\u001B[8m\u009B2J\u202Etxt\u2066\u200F\u061C\u007F';
// eslint-disable-next-line no-control-regex
const steering = /[\x00-\x08\x0B-\x1F\x7F-\x9F\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/;

describe('escapes', () => {
  it('shows what would steer a terminal', () => {
    expect(escapeControls('a\u001B[2J\u202E\u0085\n')).toBe('a\\x1b[2J\\u202e\\x85\\x0a');
    expect(escapeControls(evil)).not.toMatch(steering);
    expect(escapeControls('日本 – é')).toBe('日本 – é');
  });

  it('keeps the breaks of lines where there are lines', () => {
    expect(escapeLines('a\tb\r\nc\rd\n\u001B')).toBe('a\tb\r\nc\\x0dd\n\\x1b');
  });

  it('keeps our own colours around a cell, and none inside it', () => {
    expect(escapeCell('\u001B[32ma\u001B[31mb\u001B[39m')).toBe('\u001B[32ma\\x1b[31mb\u001B[39m');
    expect(alignedTable(['K'], [[evil]])).not.toMatch(steering);
  });

  it('hold in errors', () => {
    const finding = { code: 'legacy/conflict', severity: 'error', message: evil, hint: evil } as const;
    const error = new ToolError('legacy/conflict', evil, { hint: evil, diagnostics: [finding, finding] });
    expect(errorText(error)).not.toMatch(steering);
    expect(errorText(new ToolError('legacy/conflict', evil, { diagnostics: [finding] }))).not.toMatch(
      steering,
    );
  });

  it('hold in plan, diff and errors of an import', async () => {
    const value = '"\\e]0;owned\\a\\e[31m\\u202Etxt"';
    const w = await Workspace.create(
      'sqlite',
      `database: {url: "$URL"}
# \u202E in a comment
operator:
  name: ${value} # \u2066
"my\\e[31m\\u202Ekey": ${value}
`,
    );
    for (const args of [['--dry-run'], ['--verbose']]) {
      const run = await w.run(['import-legacy', 'config.yml', ...args], {});
      expect(run.out, run.err).toContain('operator.name');
      expect(run.out).toContain('\\x1b]0;owned');
      expect(run.out + run.err).not.toMatch(steering);
    }
  });
});
