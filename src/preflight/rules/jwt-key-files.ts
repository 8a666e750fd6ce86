import { reportOn } from '../configuration.js';
import { always, type Rule } from '../rule.js';

export const jwtKeyFiles: Rule = {
  id: 'jwt-key-files',
  tier: 'rules',
  severity: always('warning'),
  summary: 'The signing method needs a key pair, which no setting names',
  why: 'RS256 and ES256 sign with a private key from a file. The server refuses to start without the key files, and they are not part of the settings that can be checked here. A Go server 1.8 passes no keys on to what signs, so it starts with neither method, whatever files there are: with `--server 1.8` this is an error.',
  fix: 'Use HS256, above all with a Go server. For another, make sure that the key files are deployed with it.',
  *check(configuration) {
    const method = configuration.value('auth.jwt.signing_method');
    if (!method || !/^(RS|ES)256$/.test(method.text)) return;
    if (configuration.options.server === '1.8') {
      yield reportOn(method, {
        message: `A Go server 1.8 does not start with ${method.text}, whatever keys it is given`,
        expected: 'HS256',
        severity: 'error',
      });
      return;
    }
    const unlessGo =
      configuration.options.server === 'auto'
        ? '; a Go server 1.8 does not start with it, whatever keys it is given'
        : '';
    yield reportOn(method, {
      message: `${method.text} needs the files of a key pair beside the configuration${unlessGo}`,
      hint: 'Make sure that they are deployed, or use HS256.',
    });
  },
};
