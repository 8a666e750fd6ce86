/** A parameter of a connection URL that counts seconds, in milliseconds; undefined when absent, zero or no number. */
export function secondsParameter(parameters: ReadonlyMap<string, string>, name: string): number | undefined {
  const seconds = Number(parameters.get(name));
  return seconds > 0 && seconds < 86_400 ? seconds * 1000 : undefined;
}
