/** A secret by its place: `projects/P/secrets/S`, or `projects/P/locations/L/secrets/S` for one of a region. */
export interface GcpName {
  /** The full resource name, without a version. */
  readonly resource: string;
  /** Undefined for a secret that is kept everywhere. */
  readonly location: string | undefined;
  /** A version that stands in the name itself. */
  readonly version: string | undefined;
}

const full = /^(projects\/[^/]+(?:\/locations\/([^/]+))?\/secrets\/[^/]+)(?:\/versions\/([^/]+))?$/;

/** The document for a path: full names stay, of others characters that a name cannot have become hyphens. */
export function documentOf(path: string): string {
  return full.test(path) ? path : path.replace(/[^0-9A-Za-z_-]/g, '-');
}

export function nameOf(document: string, project: string): GcpName {
  const [, resource, location, version] = full.exec(document) ?? [];
  return { resource: resource ?? `projects/${project}/secrets/${document}`, location, version };
}
