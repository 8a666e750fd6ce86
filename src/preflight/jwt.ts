/** The secret of the example files, which the server refuses. */
export function isDefaultJwtSecret(text: string): boolean {
  return text === 'your-secret-key';
}
