/** What the drivers' connections have to break them off with. */
interface Severable {
  /** PostgreSQL: the stream of the protocol. */
  readonly connection?: { readonly stream?: { destroy(): void } };
  /** MySQL. */
  destroy?(): void;
  /** SQL Server; Oracle with an option that gives the session up. SQLite answers at once and is never broken off. */
  close?(options?: object): unknown;
}

/** Breaks a driver's connection off without a word to the server, which may not answer. */
export function sever(connection: unknown): void {
  const severable = connection as Severable | undefined;
  const stream = severable?.connection?.stream;
  try {
    if (stream) stream.destroy();
    else if (severable?.destroy) severable.destroy();
    else void Promise.resolve(severable?.close?.({ drop: true })).catch(() => undefined);
  } catch {
    // It is broken already.
  }
}
