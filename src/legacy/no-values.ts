import type { EnvironmentLayer } from '../config/environment.js';
import type { ConfigLeaf } from '../config/leaves.js';
import { isTemplate } from '../config/template.js';
import type { YamlNode } from '../config/yaml/node.js';
import { ToolError, type Diagnostic } from '../errors/index.js';
import { isMask } from '../redact/index.js';
import { keyOfLeaf } from '../secrets/configured.js';
import type { Statement } from './statement.js';

function textsOf(node: YamlNode): string[] {
  if (node.kind === 'scalar') return node.isNull ? [] : [node.text];
  return node.kind === 'sequence'
    ? node.items.flatMap(textsOf)
    : node.entries.flatMap(({ value }) => textsOf(value));
}

type Place = Pick<Diagnostic, 'file' | 'position' | 'variable' | 'key'>;

function fault(name: string, texts: readonly string[], place: Place): Diagnostic[] {
  const found = { code: 'legacy/no-value', severity: 'error', ...place } as const;
  if (texts.some(isTemplate)) {
    return [
      {
        ...found,
        message: `${name} is a template that nobody filled in`,
        hint: 'Fill the file in as it is filled in for the server, and import that one.',
      },
    ];
  }
  if (!texts.some(isMask)) return [];
  return [
    {
      ...found,
      message: `${name} is a mask, as tools print it in place of a secret, and no value`,
      hint: 'Write the value itself, or a reference to it; the file may be what some tool printed.',
    },
  ];
}

/**
 * Refuses to store what stands in a value's place and is none: templates that nobody filled in, and masks. Templates come
 * alone, since a file that was not filled in has other faults that go with them.
 * @param statements what would move
 * @param environment looked at for the variables that could be stored in place of the file's values
 * @throws ToolError `legacy/no-value` with every place
 */
export function refuseNoValues(
  leaves: readonly ConfigLeaf[],
  file: string,
  statements: readonly Statement[],
  environment: Pick<EnvironmentLayer, 'values'>,
): void {
  const moving = new Set(statements.flatMap((statement) => statement.leaves));
  const inFile = leaves
    .filter((leaf) => moving.has(leaf) || keyOfLeaf(leaf)?.operational === true)
    .flatMap((leaf) => {
      const key = keyOfLeaf(leaf)?.path ?? leaf.name;
      return fault(leaf.name, textsOf(leaf.node), { file, position: leaf.position, key });
    });
  const keys = new Set(statements.map(({ key }) => key.key));
  const inVariables = [...environment.values.values()].flatMap(({ key, text, written }) =>
    written.layer === 'environment' && keys.has(key.key)
      ? fault(written.variable, [text], { variable: written.variable, key: key.path })
      : [],
  );
  const all = [...inFile, ...inVariables];
  if (all.length === 0) return;
  const templates = all.filter(({ message }) => message.includes('template'));
  const diagnostics = templates.length > 0 ? templates : all;
  const what = templates.length > 0 ? 'Templates' : 'Masks';
  throw new ToolError('legacy/no-value', `${what} stand where values belong; nothing was written`, {
    diagnostics,
  });
}
