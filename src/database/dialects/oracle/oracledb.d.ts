/** The driver publishes no types; `driver.ts` says what of it is used. */
declare module 'oracledb';
