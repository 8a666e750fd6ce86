export { isHidden, isHiddenLeaf, isHiddenRow, isHiddenVariable, isSecretLeaf } from './decide.js';
export { escapeControls, escapeQuoted } from './escape.js';
export { maskByForm, maskSource } from './forms.js';
export { secretParts, type SecretParts } from './secret-parts.js';
export { holdsSecret, isMask, shownValue } from './shown.js';
export { maskTexts, textMasker } from './texts.js';
