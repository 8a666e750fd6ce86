import {
  administratorFields,
  providerFamilies,
  settings,
  subjectTypes,
  type Limits,
  type ProviderFamily,
  type ProviderField,
  type Setting,
  type SettingType,
} from '../../registry/index.js';

export type SchemaNode = { readonly [key: string]: unknown };

/** What the schema describes: a file of today, or one that still holds operational settings. */
export type SchemaKind = 'bootstrap' | 'legacy';

const unit = '(\\d+(\\.\\d*)?|\\.\\d+)(ns|us|µs|μs|ms|s|m|h)';

function bounds({ min, max, minExclusive }: Limits): SchemaNode {
  return {
    ...(typeof min === 'number' ? { [minExclusive ? 'exclusiveMinimum' : 'minimum']: min } : {}),
    ...(typeof max === 'number' ? { maximum: max } : {}),
  };
}

/** Text settings: words of a list, ports (text or a bare number), or any text. `null` leaves the default. */
function textSchema(limits: Limits | undefined): SchemaNode {
  if (limits?.enum) return { enum: [...limits.enum, '', null] };
  if (limits) {
    return {
      anyOf: [
        { type: 'string', pattern: '^\\d*$' },
        { type: 'integer', ...bounds(limits) },
        { type: 'null' },
      ],
    };
  }
  return { type: ['string', 'null'] };
}

const texts: SchemaNode = { type: 'object', additionalProperties: { type: 'string' } };

const endpoint: SchemaNode = {
  type: 'object',
  properties: { url: { type: 'string' }, claims: texts },
  required: ['url'],
  additionalProperties: false,
};

function administrator(): SchemaNode {
  const fields = Object.entries(administratorFields).map(([name, { description, example }]) => [
    name,
    { type: ['string', 'null'], description, examples: [example] },
  ]);
  return {
    type: 'object',
    properties: { ...Object.fromEntries(fields), subject_type: { enum: [...subjectTypes] } },
    required: ['provider', 'subject_type'],
    additionalProperties: false,
  };
}

function typeSchema(type: SettingType, limits: Limits | undefined): SchemaNode {
  switch (type) {
    case 'string':
      return textSchema(limits);
    case 'int':
      return { type: ['integer', 'null'], ...(limits ? bounds(limits) : {}) };
    case 'float':
      return { type: ['number', 'null'], ...(limits ? bounds(limits) : {}) };
    case 'bool':
      return { type: ['boolean', 'null'] };
    case 'duration':
      return { type: ['string', 'null'], pattern: `^[-+]?(0|(${unit})+)$` };
    case 'string_list':
      return { type: ['array', 'null'], items: { type: 'string' } };
    case 'string_map':
      return { ...texts, type: ['object', 'null'] };
    case 'userinfo_list':
      return { type: ['array', 'null'], items: endpoint };
    case 'administrator_list':
      return { type: ['array', 'null'], items: administrator() };
  }
}

/** A text in normal form as it stands in a file. */
function fileValue(type: SettingType, text: string): unknown {
  switch (type) {
    case 'string':
    case 'duration':
      return text;
    case 'int':
    case 'float':
      return Number(text);
    case 'bool':
    case 'string_list':
    case 'string_map':
    case 'userinfo_list':
    case 'administrator_list':
      return JSON.parse(text) as unknown;
  }
}

function settingSchema({ type, limits, description, env, example, default: preset }: Setting): SchemaNode {
  const variable = env === null ? '' : ` Variable: ${env}.`;
  return {
    description: `${description}${variable}`,
    ...typeSchema(type, limits),
    ...(preset === undefined || preset === '' ? {} : { default: fileValue(type, preset) }),
    ...(example === '' ? {} : { examples: [fileValue(type, example)] }),
  };
}

function fieldSchema({ type, description, example }: ProviderField): SchemaNode {
  return { description, ...typeSchema(type, undefined), examples: [fileValue(type, example)] };
}

function familySchema({ description, idPattern, fields }: ProviderFamily): SchemaNode {
  return {
    description,
    type: ['object', 'null'],
    patternProperties: {
      [idPattern.source]: {
        type: ['object', 'null'],
        properties: Object.fromEntries(fields.map((field) => [field.name, fieldSchema(field)])),
        additionalProperties: false,
      },
    },
    additionalProperties: false,
  };
}

interface Block {
  readonly blocks: Map<string, Block>;
  readonly leaves: Map<string, SchemaNode>;
}

const emptyBlock = (): Block => ({ blocks: new Map(), leaves: new Map() });

function place(root: Block, path: string, schema: SchemaNode): void {
  const segments = path.split('.');
  const name = segments.pop() as string;
  let block = root;
  for (const segment of segments) {
    const next = block.blocks.get(segment) ?? emptyBlock();
    block.blocks.set(segment, next);
    block = next;
  }
  block.leaves.set(name, schema);
}

function blockSchema({ blocks, leaves }: Block): SchemaNode {
  return {
    type: ['object', 'null'],
    properties: {
      ...Object.fromEntries(leaves),
      ...Object.fromEntries([...blocks].map(([name, block]) => [name, blockSchema(block)])),
    },
    additionalProperties: false,
  };
}

/**
 * A JSON Schema (draft-07, which editors read) of a configuration file. Nothing is required: a variable can take the
 * place of every key.
 */
export function configurationSchema(kind: SchemaKind): SchemaNode {
  const root = emptyBlock();
  for (const setting of settings) {
    if (setting.path === null || (kind === 'bootstrap' && setting.category !== 'bootstrap')) continue;
    place(root, setting.path, settingSchema(setting));
  }
  if (kind === 'legacy') {
    for (const family of providerFamilies) place(root, family.path, familySchema(family));
  }
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: kind === 'bootstrap' ? 'TMI server configuration' : 'TMI server configuration before 1.4.0',
    ...blockSchema(root),
  };
}
