import { describe, expect, it } from 'vitest';
import { leavesOf } from './support.js';

const outline = (yaml: string) => leavesOf(yaml).map(({ name, lookup }) => [name, lookup.kind]);

describe('readLeaves', () => {
  it('gives one leaf to a setting, however deep its value is, with the place of its key', () => {
    const leaves = leavesOf(
      'auth:\n  oauth:\n    providers:\n      google:\n        userinfo:\n          - url: https://id.example.com\n            claims: {subject_claim: sub}\n',
    );
    expect(leaves.map(({ name, position }) => [name, position])).toEqual([
      ['auth.oauth.providers.google.userinfo', { line: 5, column: 9 }],
    ]);
  });

  it('gives every single value below an unknown key', () => {
    expect(outline('telemetry:\n  enabled: true\n  tracing: {sample_rate: 0.1, tags: [a, b]}\n')).toEqual([
      ['telemetry.enabled', 'unknown'],
      ['telemetry.tracing.sample_rate', 'unknown'],
      ['telemetry.tracing.tags', 'unknown'],
    ]);
  });

  it('passes over nothing: empty blocks, nulls and impossible providers are leaves too', () => {
    expect(
      outline(
        'server: {}\nauth:\n  oauth:\n    providers:\n      google:\n      Not_An_Id: {enabled: true}\nsaml:\n',
      ),
    ).toEqual([
      ['server', 'block'],
      ['auth.oauth.providers.google', 'block'],
      ['auth.oauth.providers.Not_An_Id.enabled', 'invalid-provider-id'],
      ['saml', 'unknown'],
    ]);
  });

  it('finds settings that live in the database only by their database key, and no other by it', () => {
    expect(outline('ui: {default_theme: dark}\nfeatures: {saml_enabled: true}\n')).toEqual([
      ['ui.default_theme', 'setting'],
      ['features.saml_enabled', 'unknown'],
    ]);
  });

  it('does not take a dot inside a key for a path', () => {
    expect(outline('"ui.default_theme": dark\nauth.jwt:\n  secret: x\n')).toEqual([
      ['ui.default_theme', 'unknown'],
      ['auth.jwt.secret', 'unknown'],
    ]);
  });

  it('gives merged entries at the place of the merge key', () => {
    const leaves = leavesOf('x-log: &log {level: warn}\nlogging:\n  <<: *log\n  is_dev: false\n');
    expect(leaves.map(({ name, position }) => [name, position.line])).toEqual([
      ['x-log.level', 1],
      ['logging.level', 3],
      ['logging.is_dev', 4],
    ]);
  });
});
