import { isReference } from '../../config/reference.js';
import { isPlaceholder } from '../placeholders.js';
import { reportOn } from '../configuration.js';
import { softerForGoServer } from '../go-server.js';
import { always, type Rule } from '../rule.js';

const PATH = 'content_token_encryption_key';

export const contentTokenKey: Rule = {
  id: 'content-token-key',
  tier: 'rules',
  severity: always('error'),
  summary: 'The key for users’ content tokens is missing or malformed',
  why: 'An enabled content provider hands over tokens that open users’ documents. The server keeps them encrypted with this key of 64 hex characters and refuses to start without it. A Go server 1.8 starts, and the provider does not work there: with `--server 1.8` a warning.',
  fix: 'Generate one with `openssl rand -hex 32`, and keep it in the secrets provider.',
  *check(configuration) {
    const key = configuration.value(PATH);
    const text = configuration.secretText(key) ?? '';
    const enabled = configuration.providers.find((p) => p.family.kind === 'content_oauth' && p.enabled);
    if (key && text !== '' && !isPlaceholder(text) && !/^[0-9a-f]{64}$/i.test(text.trim())) {
      yield reportOn(key, {
        message: `${PATH} is not a key`,
        found: `${text.trim().length} characters`,
        expected: '64 hexadecimal characters',
        hint: 'Generate one: openssl rand -hex 32',
        ...softerForGoServer(configuration),
      });
    } else if (enabled && text === '' && !isReference(key?.text ?? '')) {
      yield {
        message: `The content provider ${enabled.id} is enabled and ${PATH} is empty`,
        ...enabled.place,
        key: PATH,
        expected: '64 hexadecimal characters',
        hint: `Generate one with openssl rand -hex 32, and set ${PATH}.`,
        ...softerForGoServer(configuration),
      };
    }
  },
};
