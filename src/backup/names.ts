/** Names of one list beside those of another. */
export interface NameMatch {
  /** For each wanted name the one that it stands for. */
  readonly found: ReadonlyMap<string, string>;
  /** Wanted names that could stand for several, or of which several could stand for one; with those that there are. */
  readonly unclear: ReadonlyMap<string, readonly string[]>;
}

const folded = (name: string): string => name.toLowerCase();

function byFolded(names: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const name of new Set(names)) groups.set(folded(name), [...(groups.get(folded(name)) ?? []), name]);
  return groups;
}

/**
 * Finds names as engines write them: Oracle has `USERS` where PostgreSQL has `users`, and some have both. A name that is
 * there letter for letter is that one. Another case counts only where one name alone is wanted and one alone is there.
 */
export function matchNames(wanted: readonly string[], present: readonly string[]): NameMatch {
  const exact = new Set(present);
  const [wishes, there] = [byFolded(wanted), byFolded(present)];
  const found = new Map<string, string>();
  const unclear = new Map<string, readonly string[]>();
  for (const name of new Set(wanted)) {
    const candidates = there.get(folded(name)) ?? [];
    const [only] = candidates;
    if (exact.has(name)) found.set(name, name);
    else if (candidates.length === 1 && wishes.get(folded(name))?.length === 1)
      found.set(name, only as string);
    else if (candidates.length > 0) unclear.set(name, candidates);
  }
  return { found, unclear };
}
