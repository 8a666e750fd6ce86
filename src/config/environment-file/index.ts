import { readAsDocker, readAsDotenv, readAsSystemd, type EnvironmentReader } from './readers.js';

export const environmentFileForms = ['docker', 'systemd', 'dotenv'] as const;
export type EnvironmentFileForm = (typeof environmentFileForms)[number];

const readers: Readonly<Record<EnvironmentFileForm, EnvironmentReader>> = {
  docker: readAsDocker,
  systemd: readAsSystemd,
  dotenv: readAsDotenv,
};

/** A variable that the readers do not agree on. Holds no value. */
export interface ReadingDifference {
  readonly name: string;
  readonly line: number;
  /** Whose reading was taken. */
  readonly taken: readonly EnvironmentFileForm[];
  /** Who reads something else, or nothing. */
  readonly others: readonly EnvironmentFileForm[];
}

export interface EnvironmentFile {
  readonly variables: ReadonlyMap<string, string>;
  /** In the order of the file. */
  readonly differences: readonly ReadingDifference[];
}

/**
 * Reads a file of variables. Docker, systemd and dotenv write the same lines and read them differently: quotes,
 * comments, escapes. What two of them read alike is taken, else what dotenv reads, and every difference is told.
 * @param form who reads the file, when somebody has said so: then there is no other reading
 */
export function readEnvironmentFile(written: string, form?: EnvironmentFileForm): EnvironmentFile {
  const text = written.replace(/^\ufeff/, '');
  if (form !== undefined) {
    const variables = new Map([...readers[form](text)].map(([name, found]) => [name, found.text]));
    return { variables, differences: [] };
  }
  const readings = environmentFileForms.map((name) => ({ form: name, variables: readers[name](text) }));
  const variables = new Map<string, string>();
  const differences: ReadingDifference[] = [];
  for (const name of new Set(readings.flatMap((reading) => [...reading.variables.keys()]))) {
    const of = (reading: (typeof readings)[number]) => reading.variables.get(name)?.text;
    const agreeing = (text: string | undefined) =>
      readings.filter((reading) => of(reading) === text).map((reading) => reading.form);
    const candidates = readings.map(of).filter((candidate) => candidate !== undefined);
    const dotenv = readings.find((reading) => reading.form === 'dotenv');
    const value =
      candidates.find((candidate) => agreeing(candidate).length > 1) ??
      (dotenv && of(dotenv)) ??
      candidates[0] ??
      '';
    variables.set(name, value);
    const taken = agreeing(value);
    if (taken.length === readings.length) continue;
    differences.push({
      name,
      line: Math.min(...readings.flatMap((reading) => reading.variables.get(name)?.line ?? [])),
      taken,
      others: environmentFileForms.filter((other) => !taken.includes(other)),
    });
  }
  return { variables, differences: differences.sort((a, b) => a.line - b.line) };
}
