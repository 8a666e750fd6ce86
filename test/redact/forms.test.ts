import { describe, expect, it } from 'vitest';
import { maskByForm, maskSource } from '../../src/redact/forms.js';

describe('maskByForm', () => {
  it.each([
    ['https://u:LEAK@llm.example.com/v1', 'https://u:********@llm.example.com/v1'],
    ['redis://:LEAK@h', 'redis://:********@h'],
    ['https://u:LE@AK/LEAK@h/x', 'https://u:********@h/x'],
    ["https://u:LE'AK@h", 'https://u:********@h'],
    ['https://h/a,https://u:LEAK@h', 'https://h/a,https://u:********@h'],
    ['https://h/x?a=1&client_secret=LEAK&b=2', 'https://h/x?a=1&client_secret=********&b=2'],
    ['https://h/x?api-key=LEAK#top', 'https://h/x?api-key=********'],
    ['https://h/x?key=LEAK', 'https://h/x?key=********'],
    ['https://h/x?params[client_secret]=LEAK', 'https://h/x?params[client_secret]=********'],
    ['sent with token=LEAK yesterday', 'sent with token=******** yesterday'],
    ['password = LEAK LEAK', 'password = ********'],
    ['the password: LEAK LEAK', 'the password: ********'],
    [`token='LEAK LEAK' x`, `token='********' x`],
    ['Authorization: Basic LEAK', 'Authorization: ********'],
    ['Bearer LEAK.LEAK', 'Bearer ********'],
    ['Basic LEAK09==', 'Basic ********'],
    ['basic dXNlcjpMRUFL', 'basic ********'],
    ['Token LEAK0123', 'Token ********'],
    ['ApiKey LEAK/LEAK+', 'ApiKey ********'],
    ['a=eyJhbGciOi.eyJMRUFL.LEAK-_ b', 'a=******** b'],
    [
      '{"client_assertion":"LEAK","client_assertion_type":"urn:x"}',
      '{"client_assertion":"********","client_assertion_type":"urn:x"}',
    ],
    [
      '{"assertion":"LEAK","pwd":"LEAK","passphrase":"LEAK","code_verifier":"LEAK"}',
      '{"assertion":"********","pwd":"********","passphrase":"********","code_verifier":"********"}',
    ],
    ['https://h/x?client_assertion=LEAK', 'https://h/x?client_assertion=********'],
    ['{"client_secret":"LEAK","prompt":"x"}', '{"client_secret":"********","prompt":"x"}'],
    ['{"credentials":{"user":"LEAK"},"on":[1]}', '{"credentials":"********","on":[1]}'],
    ['[{"url":"https://h?api_key=LEAK"}]', '[{"url":"https://h?api_key=********"}]'],
    ['{"api_key":"vault://tmi/x"}', '{"api_key":"vault://tmi/x"}'],
  ])('masks %s', (text, masked) => {
    expect(maskByForm(text)).toBe(masked);
    // What is masked stays as it is: a mask may be masked again on its way.
    expect(maskByForm(masked)).toBe(masked);
  });

  it.each([
    'https://llm.example.com:8080/v1?model=x',
    'postgres://tmi@h/d',
    'urn:ietf:params:oauth:token-type:access_token',
    'openid token:read',
    '{"prompt" : "consent"}',
    '["a","b"]',
    '{not json',
    'tokens and secrets are words',
    'Bearer %s',
    'Bearer {access_token}',
    'token %s',
    'token',
    'Basic authentication, a basic token exchange',
    '{"want_assertions_signed":true,"passive":"on"}',
    '',
  ])('leaves %s', (text) => {
    expect(maskByForm(text)).toBe(text);
  });

  it('masks what is nested too deep to look into', () => {
    const deep = `${'['.repeat(100_000)}"LEAK"${']'.repeat(100_000)}`;
    expect(maskByForm(deep)).not.toContain('LEAK');
  });

  it('leaves settings in the text of a file to their places', () => {
    expect(maskSource('token_url: https://h/token')).toBe('token_url: https://h/token');
    expect(maskSource('x: https://h/?token=LEAK')).toBe('x: https://h/?token=********');
  });

  it.each([
    ['letters', 'a'],
    ['colons and slashes', '://'],
    ['addresses without a host', 'a://b:c'],
    ['equals signs', '='],
    ['names and equals signs', 'token='],
    ['names', 'token '],
    ['number signs', '#'],
    ['comments', '# token'],
    ['white space', ' '],
    ['line breaks', '\n'],
    ['quotes', `token="`],
    ['bearers', 'bearer '],
    ['basics', 'basic a1'],
    ['beginnings of web tokens', 'eyJ'],
    ['beginnings of web tokens with hyphens', 'eyJ-'],
    ['halves of web tokens', 'eyJabcdef.'],
    ['brackets', '['],
    ['masks', '*'],
  ])('takes time linear in the length of a value of %s', (_, unit) => {
    const value = unit.repeat(1_000_000 / unit.length);
    // Quadratic, it takes minutes, more than a test has.
    expect(maskByForm(value)).not.toBe('');
    expect(maskSource(value)).not.toBe('');
  });
});
