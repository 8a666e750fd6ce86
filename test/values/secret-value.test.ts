import { format, inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { SECRET_MASK, SecretValue } from '../../src/values/secret-value.js';

const CANARY = 'CANARY-value';
const secret = new SecretValue(CANARY);

describe('a secret', () => {
  it.each<[string, () => string]>([
    ['String()', () => String(secret)],
    ['a template', () => `${secret as unknown as string}`],
    ['joining', () => [secret].join()],
    ['adding', () => '' + (secret as unknown as string)],
    ['JSON', () => JSON.stringify({ secret, list: [secret] })],
    ['inspect', () => inspect({ secret, map: new Map([['a', secret]]) }, { showHidden: true, depth: 9 })],
    ['inspect, without its own form', () => inspect(secret, { customInspect: false, showHidden: true })],
    ['format', () => format('%s %o %O %j', secret, secret, secret, secret)],
    ['an error', () => inspect(new Error(`about ${String(secret)}`, { cause: secret }))],
    ['its entries', () => JSON.stringify([Object.entries(secret), { ...secret }])],
    ['a symbol conversion', () => String(secret[Symbol.toPrimitive]())],
  ])('is not printed by %s', (_, print) => {
    expect(print()).not.toContain(CANARY);
  });

  it('is lost, not shown, where it is copied', () => {
    expect(JSON.stringify(structuredClone({ secret }))).not.toContain(CANARY);
  });

  it('shows a mask, and leaves by one way', () => {
    expect(String(secret)).toBe(SECRET_MASK);
    expect(secret.reveal()).toBe(CANARY);
    expect([secret.isEmpty, new SecretValue('').isEmpty]).toEqual([false, true]);
  });
});
