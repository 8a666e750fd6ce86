// Keeps Stryker to the mutants that were drawn and that a test can be asked about. For the first it is not enough to name
// places: the range of one takes along whatever lies inside it, four times as many.
import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';

let drawn;

/** Names the places whose mutants are wanted, with lines and columns from 0. */
export function draw(locations) {
  drawn = locations;
}

const before = (a, b) => a.line < b.line || (a.line === b.line && a.column <= b.column);
const holds = (outer, inner) => before(outer.start, inner.start) && before(inner.end, outer.end);

/**
 * Whether a node runs once, when its file is loaded, and holds no function that runs later. Stryker's `ignoreStatic` means
 * these, but asks a test about them that happens to be the first to load the file, which then rarely looks at them.
 */
function isConstant(path) {
  if (path.getFunctionParent() !== null || path.isFunction() || path.isProgram()) return false;
  let later = false;
  path.traverse({
    Function(inner) {
      later = true;
      inner.stop();
    },
  });
  return !later;
}

/** Leaves out what is made when a file is loaded. */
export const constants = {
  shouldIgnore: (path) => (isConstant(path) ? 'made when the file is loaded' : undefined),
};

/** Stryker leaves out what lies below a node with a reason, so a node is named when nothing in it was drawn. */
export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, 'sample', {
    shouldIgnore({ node }) {
      if (drawn === undefined || !node.loc) return undefined;
      const { start, end } = node.loc;
      const own = {
        start: { line: start.line - 1, column: start.column },
        end: { line: end.line - 1, column: end.column },
      };
      return drawn.some((location) => holds(own, location)) ? undefined : 'not drawn';
    },
  }),
  declareValuePlugin(PluginKind.Ignore, 'constant', constants),
];
