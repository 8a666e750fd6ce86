/**
 * The outcome of bringing a value into its normal form: the text as the database holds it, or a phrase that says
 * what was expected, to follow the word "expected". The phrase never holds the value, which may be a secret.
 */
export type Normalised =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly expected: string };

export const accepted = (text: string): Normalised => ({ ok: true, text });

export const refused = (expected: string): Normalised => ({ ok: false, expected });

/** `accepted` for a text, `refused` for undefined. */
export function acceptedOr(text: string | undefined, expected: string): Normalised {
  return text === undefined ? refused(expected) : accepted(text);
}
