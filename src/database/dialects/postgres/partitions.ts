/** The schema that the connection works in. */
export const here = `(select oid from pg_namespace where nspname = current_schema())`;

/**
 * The table of this schema whose rows those of a relation are: the uppermost of it that a partition belongs to, or the
 * partition itself where all above it lie in other schemas.
 * @param oid of a relation, as an expression
 */
export const tableOf = (oid: string): string => `coalesce((select p.oid from pg_partition_ancestors(${oid})
    with ordinality u (relid, n) join pg_class p on p.oid = u.relid where p.relnamespace = ${here} order by u.n desc limit 1), ${oid})`;
