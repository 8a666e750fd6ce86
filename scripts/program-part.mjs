// Parts of the program: one ES module of the bundle each, made a property of an object, since only scripts have code caches.
import path from 'node:path';
import * as esbuild from 'esbuild';
import ts from 'typescript';

/** Every name that something is assigned to after its declaration. */
function assignedNames(source) {
  const names = new Set();
  const add = (node) => {
    if (ts.isIdentifier(node)) names.add(node.text);
    else ts.forEachChild(node, add);
  };
  const visit = (node) => {
    if (ts.isBinaryExpression(node)) {
      const { kind } = node.operatorToken;
      if (kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment) add(node.left);
    } else if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) add(node.operand);
    else if (ts.isForInStatement(node) || ts.isForOfStatement(node)) add(node.initializer);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}

/**
 * The module with an object of what it exports in place of its export statements: one object with its values takes a
 * tenth of the time that a getter for each of them does, which is what esbuild makes. What changes later keeps one.
 */
function withExports(text, file) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  const statements = source.statements.filter(
    (node) => ts.isExportDeclaration(node) || ts.isExportAssignment(node),
  );
  const assigned = assignedNames(source);
  const members = statements.flatMap((node) => {
    if (ts.isExportAssignment(node)) return [`default:${node.expression.getText(source)}`];
    if (node.moduleSpecifier) throw new Error(`${file} exports what it has from another module.`);
    return node.exportClause.elements.map(({ name, propertyName }) => {
      const local = (propertyName ?? name).text;
      return assigned.has(local) ? `get ${name.text}(){return ${local}}` : `${name.text}:${local}`;
    });
  });
  const rest = [...statements]
    .reverse()
    .reduce((all, node) => all.slice(0, node.pos) + all.slice(node.end), text);
  return members.length === 0 ? rest : `${rest}\nmodule.exports={${members.join(',')}};`;
}

/** `import path from 'node:path'` as what it is; esbuild copies everything that such a part of Node.js has. */
const plainDefaults = (text) =>
  text.replace(/\bimport ([\w$]+) from"(node:\w+)";/g, 'const $1=require("$2");');

/** One module as a property of an object. */
export async function asPart({ path: file, text }, options) {
  // Packages too: node warns on standard error of a script that imports something by itself.
  const later = text.replace(/\bimport\("([^"]+)"\)/g, '__later("$1")');
  const { code } = await esbuild.transform(withExports(plainDefaults(later), file), {
    ...options,
    format: 'cjs',
  });
  // What is exported has no mark of a module, which the default import of one would look for.
  if (code.includes('__toESM(require("./')) throw new Error(`${file} imports the default of a part.`);
  // A text of ASCII alone is read and kept as one byte to a character. What is left by now stands in regular
  // expressions, which take escapes as strings do.
  // eslint-disable-next-line no-control-regex -- the end of ASCII
  const ascii = code.replace(/[^\x00-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const body = ascii.replace(/^#!.*\n/, '');
  return `${JSON.stringify(`./${path.basename(file)}`)}:function(module,require,__later){${body}\n},\n`;
}

/**
 * A part has nothing to give before it is through, so none may ask for one that waits for it.
 * @throws Error with the names of a circle
 */
export function refuseCircles({ outputs }) {
  const done = new Set();
  const visit = (file, above) => {
    if (above.includes(file)) throw new Error(`Parts wait for each other: ${[...above, file].join(', ')}`);
    if (done.has(file)) return;
    for (const { path: next, kind } of outputs[file].imports)
      if (kind === 'import-statement' && outputs[next]) visit(next, [...above, file]);
    done.add(file);
  };
  for (const file of Object.keys(outputs)) visit(file, []);
}
