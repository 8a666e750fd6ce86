import { composedUrlVariables, findLegacyVariable, herokuVariables } from '../../registry/index.js';
import { parseReference } from '../../config/reference.js';
import type { Configuration } from '../configuration.js';
import { always, type Rule } from '../rule.js';

/** What the server reads in place of a variable of an earlier release; null when it reads nothing. */
function today(name: string): string | null | undefined {
  const renamed = findLegacyVariable(name);
  if (renamed) return renamed.env;
  const parts = Object.values(composedUrlVariables).flatMap((engine) => Object.values(engine).flat());
  return parts.includes(name) ? 'TMI_DATABASE_URL' : undefined;
}

/** Variables that a reference of the configuration reads, whatever they are called. */
function referencedVariables({ allWritten }: Configuration): Set<string> {
  const references = allWritten.map(({ text }) => parseReference(text));
  return new Set(references.flatMap((reference) => (reference?.kind === 'env' ? [reference.name] : [])));
}

export const earlierVariable: Rule = {
  id: 'earlier-variable',
  tier: 'rules',
  severity: always('warning'),
  summary: 'A variable under the name of an earlier release',
  why: 'The server ignores it, so what it says has no effect.',
  fix: 'Set the variable of today and unset the old one.',
  *check(configuration) {
    const { environment } = configuration;
    const read = referencedVariables(configuration);
    for (const [name, text = ''] of Object.entries(environment)) {
      const now = text === '' || name in herokuVariables || read.has(name) ? undefined : today(name);
      if (now === undefined || now === name) continue;
      yield {
        message: `${name} is ignored: it is a name of an earlier release`,
        variable: name,
        ...(now === null
          ? { hint: `Unset ${name}.` }
          : { expected: now, hint: `Set ${now}, and unset ${name}.` }),
      };
    }
  },
};
