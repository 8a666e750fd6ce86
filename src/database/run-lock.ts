/** The name of the lock that every run takes before it writes. */
export const RUN_LOCK = 'tmi-dbtool';
