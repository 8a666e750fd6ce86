const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** What a value under `!!binary` holds, or why it cannot be read. */
export type Binary = { readonly text: string } | { readonly fault: 'not-base64' | 'not-text' };

/**
 * Decodes a value under the tag `!!binary` as the server's reader does (Go's `base64.StdEncoding`): with padding, and
 * line endings do not count. Bytes that are no UTF-8 make no text that a row could hold.
 */
export function readBinary(written: string): Binary {
  const digits = written.replace(/[\r\n]/g, '');
  if (!base64.test(digits)) return { fault: 'not-base64' };
  try {
    return { text: utf8.decode(Buffer.from(digits, 'base64')) };
  } catch {
    return { fault: 'not-text' };
  }
}
