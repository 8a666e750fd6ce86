/** The engines that the tool knows. Code above this folder asks for capabilities and never for a name. */
export type EngineName = 'postgres' | 'mysql' | 'mssql' | 'oracle' | 'sqlite';
