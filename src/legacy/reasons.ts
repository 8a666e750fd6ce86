/** Why a plan treats a key as it does. The code is part of the JSON contract; the text is for people. */
export const planReasons = {
  bootstrap: 'bootstrap setting',
  'no-value': 'no value',
  'empty-text': 'empty; the database stores no empty text',
  'not-valid': 'no server takes this value; it is not moved',
  'not-storable': 'servers take this value from a file, but no row can hold it',
  obsolete: 'obsolete; no server reads it any more',
  superseded: "today's name is in the file too and wins",
  'superseded-by-row': 'an older name, which no server reads; the database holds what somebody set',
  incomplete: 'an older form that is incomplete without its companions',
  reference: 'holds a reference, which cannot become part of a URL',
  unknown: 'no such setting',
  'new-row': 'new row',
  'replaces-seeded': 'replaces a default that the server seeded',
  'becomes-explicit': "same value; the row is marked as an operator's choice",
  'already-stored': 'the database holds it already',
  'secret-encrypted': 'the database holds it already, in plain text; it is encrypted now',
  'explicit-differs': 'a row that somebody set disagrees',
  'row-kept': 'the row that somebody set is kept (--on-conflict keep)',
  'row-overwritten': 'the row that somebody set is replaced (--on-conflict overwrite)',
  'row-unreadable': 'a row that cannot be decrypted is replaced (--on-conflict overwrite)',
  'row-surfaces': "a row that the file's provider has hidden would take effect",
  'row-removed': "a row that the file's provider has hidden is removed (--on-conflict overwrite)",
  'older-name-beside':
    'stored in the database, which cannot mark it as chosen; in the file it keeps the older name beside it dead',
  'also-stored': 'stored in the database, and needed in the file at start',
  'server-reads-file': 'stored in the database; server 1.8 reads it from the file',
  'server-reads-new-name':
    "stored in the database; server 1.8 reads it from the file, under today's name only",
  'provider-not-whole': 'stored in the database; the provider cannot leave the file whole',
  'variable-wins': "the variable's value is stored (--shadowed env)",
  'variable-provider': 'a provider defined by variables replaces the whole entry',
  'new-name': "kept in the file under today's name",
  derived: 'follows from another setting',
} as const;

export type PlanReason = keyof typeof planReasons;
