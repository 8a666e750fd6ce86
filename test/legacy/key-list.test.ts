import { expect, it } from 'vitest';
import { compactKeyList } from '../../src/legacy/key-list.js';

it.each([
  [[], ''],
  [['administrators'], 'administrators'],
  [['operator.name'], 'operator.name'],
  [['operator.name', 'operator.contact'], 'operator.{contact,name}'],
  [['operator.name', 'operator.name'], 'operator.name'],
  [['b.x', 'administrators', 'a.y'], 'a.y, administrators, b.x'],
  [['zeta', 'alpha'], 'alpha, zeta'],
  [['auth.cookie.secure', 'auth.cookie.domain', 'auth.mode'], 'auth.cookie.{domain,secure}, auth.mode'],
])('writes %j as "%s"', (keys, text) => expect(compactKeyList(keys)).toBe(text));
