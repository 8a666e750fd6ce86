import { distance } from 'fastest-levenshtein';

const lastSegment = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

const parent = (name: string): string => name.slice(0, Math.max(name.lastIndexOf('.'), 0));

/** The closest candidate within a third of the text's length; a guess further off would mislead. */
function closest(text: string, candidates: readonly string[], of: (candidate: string) => string) {
  let best: { candidate: string; edits: number } | undefined;
  for (const candidate of candidates) {
    const name = of(candidate);
    const most = (best?.edits ?? Math.floor(text.length / 3) + 1) - 1;
    // Texts differ by at least what their lengths differ by.
    if (Math.abs(text.length - name.length) > most) continue;
    const edits = distance(text, name);
    if (edits < (best?.edits ?? Math.floor(text.length / 3) + 1)) best = { candidate, edits };
  }
  return best?.candidate;
}

/**
 * The known dotted name that was probably meant: a neighbour with a similar last segment, a name that only lost
 * its front (`jwt.secret`), or a name that is similar as a whole. Undefined when none is near.
 */
export function nearestOf(name: string, candidates: readonly string[]): string | undefined {
  const siblings = candidates.filter((candidate) => parent(candidate) === parent(name));
  const neighbour = closest(lastSegment(name), siblings, lastSegment);
  if (neighbour !== undefined) return neighbour;
  const longer = candidates.filter((candidate) => candidate.endsWith(`.${name}`));
  if (longer.length === 1) return longer[0];
  // As a whole, long common fronts make names look alike that are not, so the bound is tighter.
  const whole = closest(name, candidates, (candidate) => candidate);
  return whole !== undefined && distance(name, whole) <= Math.max(2, Math.floor(name.length / 8))
    ? whole
    : undefined;
}
