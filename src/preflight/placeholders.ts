import { isTemplate } from '../config/template.js';
import { isReference } from '../config/reference.js';
import { isDefaultJwtSecret } from './jwt.js';

const whole =
  /^(change[-_ ]?(me|it|this)([^a-z].*)?|replace[-_ ]?(me|this)([^a-z].*)?|todo|tbd|fixme|x{3,}|placeholder|your[-_ ].*|<[^<>]*>)$/i;

const segment = /^(change|replace)[-_]?(me|it|this)$|^(todo|tbd|placeholder|x{3,})$|^your-/i;

/** True for a text that an example or a template left to be filled in, also as a part of a reference. */
export function isPlaceholder(text: string): boolean {
  const trimmed = text.trim();
  if (isDefaultJwtSecret(trimmed)) return false; // jwt-secret-default has more to say
  if (isTemplate(trimmed)) return true;
  if (!isReference(trimmed)) return whole.test(trimmed);
  const body = trimmed.slice(trimmed.indexOf('://') + 3);
  return body.split(/[/#?]/).some((part) => segment.test(part) || whole.test(part));
}
