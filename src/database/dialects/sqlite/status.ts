/** A file needs none. */
export const encryption = (): Promise<undefined> => Promise.resolve(undefined);

export const shownType = (declared: string): string => declared.toLowerCase();
