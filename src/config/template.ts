/** `${NAME}`, `{{ name }}`, `$(NAME)`, as shells, Helm, Ansible and Kubernetes write what is to be filled in. */
const form = String.raw`\$\{[A-Za-z_][^{}]*\}|\{\{[^{}]*\}\}|\$\([A-Za-z_]\w*\)`;
const whole = new RegExp(`^\\s*(?:${form})\\s*$`);
const within = new RegExp(form);

/**
 * True for a text that is a template which nobody filled in: the whole of it, or a part of a text without blanks such as
 * an address. A longer text may speak of templates.
 */
export function isTemplate(text: string): boolean {
  return whole.test(text) || (!/\s/.test(text.trim()) && within.test(text));
}
