/** How a value is written in a configuration file. */
export type SettingType =
  | 'string'
  | 'int'
  | 'bool'
  | 'float'
  | 'duration'
  | 'string_list'
  | 'string_map'
  | 'userinfo_list'
  | 'administrator_list';

/** What column `setting_type` of `system_settings` can say. */
export const databaseTypes = ['string', 'int', 'bool', 'json', 'float'] as const;
export type DatabaseType = (typeof databaseTypes)[number];

/** True for a type that servers know. Rows of other programs hold others. */
export function isDatabaseType(type: string | undefined): type is DatabaseType {
  return (databaseTypes as readonly (string | undefined)[]).includes(type);
}

/** The column type that values of a type are stored under. The server keeps durations as text. */
export function databaseTypeOf(type: SettingType): DatabaseType {
  switch (type) {
    case 'string':
    case 'int':
    case 'bool':
    case 'float':
      return type;
    case 'duration':
      return 'string';
    case 'string_list':
    case 'string_map':
    case 'userinfo_list':
    case 'administrator_list':
      return 'json';
  }
}
