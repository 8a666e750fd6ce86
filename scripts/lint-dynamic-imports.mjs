/**
 * A rule for the linter: what a file may not import it may not fetch at run time either. Without it
 * `await import('node:fs')` goes where `import … from 'node:fs'` is refused.
 *
 * Options: `[{ names: string[], message: string }]`; a name stands for what lies below it as well.
 */

/** @returns {string | undefined} the text of a literal or of a template without expressions */
function literal(node) {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0].value.cooked;
  return undefined;
}

const fetching = new Set(['require', 'getBuiltinModule']);

/** @returns {string | undefined} `require` of `require(…)`, `module.require(…)` and `module['require'](…)` */
function calledName({ callee }) {
  if (callee.type === 'Identifier') return callee.name;
  if (callee.type !== 'MemberExpression') return undefined;
  return callee.computed ? literal(callee.property) : callee.property.name;
}

/** @type {import('eslint').Rule.RuleModule} */
export const dynamicImports = {
  meta: {
    type: 'problem',
    schema: [{ type: 'array' }],
    messages: {
      restricted: '{{name}} is not fetched here. {{message}}',
      unnamed: 'What is fetched is named by a literal, so that this rule can tell what it is.',
      maker: 'Nothing makes its own require: import what is needed.',
    },
  },
  create(context) {
    const [restrictions = []] = context.options;
    const check = (node, source) => {
      const name = literal(source);
      if (name === undefined) return context.report({ node, messageId: 'unnamed' });
      const found = restrictions.find(({ names }) =>
        names.some((one) => name === one || name.startsWith(`${one}/`)),
      );
      if (!found) return;
      context.report({ node, messageId: 'restricted', data: { name, message: found.message } });
    };
    return {
      ImportExpression: (node) => check(node, node.source),
      TSExternalModuleReference: (node) => check(node, node.expression),
      CallExpression(node) {
        const called = calledName(node);
        if (called === 'createRequire') context.report({ node, messageId: 'maker' });
        else if (fetching.has(called)) check(node, node.arguments[0]);
      },
    };
  },
};
