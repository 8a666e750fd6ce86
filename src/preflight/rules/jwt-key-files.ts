import { reportOn } from '../configuration.js';
import { always, type Rule } from '../rule.js';

export const jwtKeyFiles: Rule = {
  id: 'jwt-key-files',
  tier: 'rules',
  severity: always('warning'),
  summary: 'The signing method needs a key pair, which no setting names',
  why: 'RS256 and ES256 sign with a private key from a file. The server refuses to start without the key files, and they are not part of the settings that can be checked here.',
  fix: 'Make sure that the key files are deployed with the server, or use HS256.',
  *check(configuration) {
    const method = configuration.value('auth.jwt.signing_method');
    if (!method || !/^(RS|ES)256$/.test(method.text)) return;
    yield reportOn(method, {
      message: `${method.text} needs the files of a key pair beside the configuration`,
      hint: 'Make sure that they are deployed, or use HS256.',
    });
  },
};
