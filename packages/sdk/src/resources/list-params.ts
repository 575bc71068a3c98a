/** Which part of a list. */
export interface PageParams {
  /** How many to a page, 1 to 100; 20 when left out. */
  readonly limit?: number | undefined;
  /** The id of the last item of the page before. */
  readonly starting_after?: string | undefined;
}

/** Of which time; both ends are left out themselves. */
export interface PeriodParams {
  /** Only what is newer, such as `"2026-01-31T16:00:00Z"`. */
  readonly created_after?: string | undefined;
  /** Only what is older, such as `"2026-01-31T16:00:00Z"`. */
  readonly created_before?: string | undefined;
}
