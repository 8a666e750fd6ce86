import type { Answer, Received } from './http-stand-in.js';
import type { Shelf } from './provider-stand-in.js';

const CREATED = '2026-11-28T09:01:29.06374097Z';

/** The frame of every success. `data` is JSON text, so that numbers keep theirs. */
export function success(data: string, lease = 0, auth = 'null'): Answer {
  const body = `{"request_id":"REQUEST-ID","lease_id":"","renewable":false,"lease_duration":${lease},"data":${data},"wrap_info":null,"warnings":null,"auth":${auth}}\n`;
  return { status: 200, body };
}

export const nothing: Answer = { status: 404, body: '{"errors":[]}\n' };

/** A version of KV v2 that is gone, in place of its text. */
const gone: readonly unknown[] = ['deleted', 'destroyed'];

const metadataOf = (stored: unknown, version: number) => ({
  created_time: CREATED,
  custom_metadata: null,
  deletion_time: stored === 'deleted' ? CREATED : '',
  destroyed: stored === 'destroyed',
  version,
});

/** KV version 1: what was sent is what comes back, numbers included. */
export function kv1(shelf: Shelf, name: string, request: Received): Answer {
  if (request.method === 'POST') {
    shelf.put(name, request.body);
    return { status: 204, body: '' };
  }
  const stored = shelf.secrets.get(name)?.at(-1);
  return stored === undefined ? nothing : success(String(stored), 2764800);
}

/** KV version 2. `name` gives the key of the shelf for a path below the mount. */
export function kv2(
  shelf: Shelf,
  below: string,
  nameOf: (path: string) => string,
  request: Received,
  fail: (status: number, ...errors: string[]) => Answer,
): Answer {
  const [, kind, path = ''] = /^(data|metadata)\/(.*)$/.exec(below) ?? [];
  if (kind === undefined) {
    const warning = `Invalid path for a versioned K/V secrets engine.`;
    return { status: 404, body: { errors: [], warnings: [warning] } };
  }
  const name = nameOf(path);
  const versions = shelf.secrets.get(name) ?? [];
  if (kind === 'metadata' && request.method === 'DELETE') {
    shelf.secrets.delete(name);
    return { status: 204, body: '' };
  }
  if (kind === 'metadata') return versions.length === 0 ? nothing : metadata(versions);
  if (request.method === 'POST') {
    const { data, options } = JSON.parse(request.body) as { data: object; options?: { cas?: number } };
    if (options?.cas === undefined && path === 'casreq') {
      return fail(400, 'check-and-set parameter required for this call');
    }
    if (options?.cas !== undefined && options.cas !== versions.length) {
      return fail(400, 'check-and-set parameter did not match the current version');
    }
    shelf.put(name, ...versions, JSON.stringify(data));
    return success(JSON.stringify(metadataOf(undefined, versions.length + 1)));
  }
  const number = Number(request.query.get('version') ?? versions.length);
  const stored = versions[number - 1];
  if (stored === undefined) return nothing;
  const about = metadataOf(stored, number);
  if (gone.includes(stored)) {
    return { ...success(JSON.stringify({ data: null, metadata: about })), status: 404 };
  }
  // The server decodes numbers and encodes them again, as JSON does here.
  return success(JSON.stringify({ data: JSON.parse(String(stored)) as object, metadata: about }));
}

function metadata(versions: readonly unknown[]): Answer {
  const about = (stored: unknown) => {
    const { created_time, deletion_time, destroyed } = metadataOf(stored, 0);
    return { created_time, deletion_time, destroyed };
  };
  return success(
    JSON.stringify({
      cas_required: false,
      created_time: CREATED,
      current_metadata_version: 0,
      current_version: versions.length,
      custom_metadata: null,
      delete_version_after: '0s',
      max_versions: 0,
      metadata_cas_required: false,
      oldest_version: 0,
      updated_time: CREATED,
      versions: Object.fromEntries(versions.map((stored, index) => [index + 1, about(stored)])),
    }),
  );
}
