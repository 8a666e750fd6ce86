import { inProduction, type Rule } from '../rule.js';

export const baseUrlMissing: Rule = {
  id: 'base-url-missing',
  tier: 'rules',
  severity: inProduction('warning'),
  summary: 'A proxy stands in front, and the base URL is not set',
  why: 'Behind a proxy the server does not know the address that users see. Links and callbacks then lead to the inner address.',
  fix: 'Set `server.base_url`.',
  *check(configuration) {
    const proxies = configuration.text('server.trusted_proxies');
    if (proxies === '' || proxies === '[]' || configuration.text('server.base_url') !== '') return;
    yield {
      message: 'Proxies are trusted, and server.base_url is empty',
      ...configuration.placeOf('server.base_url'),
      key: 'server.base_url',
      expected: 'the address that users see, such as https://tmi.example.com',
      hint: 'Set server.base_url in the file, or TMI_SERVER_BASE_URL.',
    };
  },
};
