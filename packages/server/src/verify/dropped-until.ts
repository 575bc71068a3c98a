/**
 * The end of what was dropped of a table, by its ids. Partitions are dropped from the oldest on, so no row before it need be
 * there.
 */
export const droppedUntil = (table: string) =>
  `(select coalesce(max(to_id collate "C"), '') from dropped_partitions where table_name = '${table}')`;
