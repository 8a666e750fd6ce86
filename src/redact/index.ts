export { isHidden, isHiddenLeaf, isHiddenRow, isHiddenVariable, isSecretLeaf } from './decide.js';
export { maskedText, secretParts, type SecretParts } from './document.js';
export { escapeControls, escapeQuoted } from './escape.js';
export { maskByForm, maskSource } from './forms.js';
export { holdsSecret, isMask, shownValue } from './shown.js';
export { maskTexts, textMasker } from './texts.js';
