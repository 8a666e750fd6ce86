import { contentSourceNeeds } from '../../settings/provider-completeness.js';
import { reportOn } from '../configuration.js';
import { softerForGoServer } from '../go-server.js';
import { always, type Rule } from '../rule.js';

export const contentSourceIncomplete: Rule = {
  id: 'content-source-incomplete',
  tier: 'rules',
  severity: always('error'),
  summary: 'An enabled content source lacks a setting',
  why: 'Google Drive needs its credentials file; Microsoft needs `tenant_id`, `client_id` and `application_object_id`. The server refuses to start otherwise. A Go server 1.8 starts without the source: with `--server 1.8` a warning.',
  fix: 'Set what the finding names, or disable the source.',
  *check(configuration) {
    for (const [source, names] of Object.entries(contentSourceNeeds)) {
      const enabled = configuration.written(`content_sources.${source}.enabled`);
      if (enabled?.text !== 'true') continue;
      for (const name of names) {
        const path = `content_sources.${source}.${name}`;
        if (configuration.written(path)?.text) continue;
        yield reportOn(enabled, {
          message: `The content source ${source} is enabled and ${path} is empty`,
          expected: path,
          hint: `Set ${path}, or disable the source.`,
          ...softerForGoServer(configuration),
        });
      }
    }
  },
};
