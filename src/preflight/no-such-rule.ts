import { ToolError } from '../errors/index.js';
import { nearestOf } from '../registry/index.js';

/**
 * The error for a rule that does not exist, with the one that was probably meant.
 * @param option the option that named it; without one the id was asked for itself
 */
export function noSuchRule(id: string, known: Iterable<string>, option?: string): ToolError {
  const near = nearestOf(id, [...known]);
  const message = option === undefined ? `There is no rule ${id}` : `${option}: there is no rule ${id}`;
  return new ToolError('usage/bad-argument', message, {
    hint:
      near === undefined ? 'All rules: tmi-dbtool validate-config --explain all' : `Did you mean ${near}?`,
  });
}
