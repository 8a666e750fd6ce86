/** `settings`: the rows of the settings table; `data`: the rows of every table; `schema`: everything in the schema. */
export const resetScopes = ['settings', 'data', 'schema'] as const;
export type ResetScope = (typeof resetScopes)[number];
