import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { installedPackages } from '../../commands/installed-packages.js';

it('finds packages beside the program and above it, through the link that npm makes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-packages-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const add = (place: string, name: string, text: string): void => {
    mkdirSync(join(folder, place, 'node_modules', name), { recursive: true });
    writeFileSync(join(folder, place, 'node_modules', name, 'package.json'), text);
  };
  add('', 'above', '{"version": "1.2.3"}');
  add('tool', '@scope/beside', '{"version": "4.5.6"}');
  add('tool', 'broken', '{');
  writeFileSync(join(folder, 'tool', 'program.js'), '');
  symlinkSync(join(folder, 'tool', 'program.js'), join(folder, 'link'));
  expect(installedPackages(join(folder, 'link'), ['above', '@scope/beside', 'broken', 'none'])).toEqual({
    above: '1.2.3',
    '@scope/beside': '4.5.6',
    broken: null,
    none: null,
  });
});
