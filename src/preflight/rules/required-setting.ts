import { settings } from '../../registry/index.js';
import { always, type Rule } from '../rule.js';

export const requiredSetting: Rule = {
  id: 'required-setting',
  tier: 'rules',
  severity: always('error'),
  summary: 'A setting without which the server refuses to start is empty',
  why: 'The server needs `server.port`, `server.interface`, `database.url`, `auth.build_mode` and `auth.jwt.secret`. It ends with this message when one of them is empty.',
  fix: 'Set it in the file or through its variable. Where the variable is set only on the server, validate there, or with `--ignore required-setting` elsewhere.',
  *check(configuration) {
    const where = configuration.file ?? 'the configuration file';
    for (const { path, env, required } of settings) {
      if (!required || path === null || configuration.text(path) !== '') continue;
      yield {
        message: `FATAL required setting "${path}" is empty — set it in ${where} or via the ${env} environment variable`,
        ...configuration.placeOf(path),
        key: path,
      };
    }
  },
};
