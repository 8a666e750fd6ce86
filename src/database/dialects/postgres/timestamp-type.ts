/** The server's types of points in time, and whether with a zone; a domain over one has a name of its own. */
export const timestampType = /^timestamp(?:\(\d\))? (with|without) time zone$/;
