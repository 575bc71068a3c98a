/** Malaysia keeps UTC+8 all year, so a fixed offset is exact and needs no time-zone data. */
const malaysiaOffsetMs = 8 * 60 * 60 * 1000;

/** The instant's Malaysian wall clock as `[year, month, day, hour, minute, second]`, zero-padded. */
function malaysianParts(date: Date): string[] {
  const time = date.getTime();
  if (Number.isNaN(time)) throw new RangeError("The date is invalid");
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)/.exec(new Date(time + malaysiaOffsetMs).toISOString());
  if (match === null) throw new RangeError("The date is outside the years 0000 to 9999");
  return match.slice(1);
}

/**
 * Writes an instant the way FPX messages carry times: `YYYYMMDDHHmmss` in Malaysia (+08:00), whole seconds.
 *
 * @throws RangeError when the date is invalid or its year has not four digits
 */
export function toFpxTime(date: Date): string {
  return malaysianParts(date).join("");
}

/**
 * Reads `YYYYMMDDHHmmss`, a Malaysian wall-clock time, as an instant.
 *
 * @throws RangeError when the text has another shape or names a moment that the calendar does not have
 */
export function fromFpxTime(text: string): Date {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text);
  if (match === null) throw new RangeError("An FPX time has 14 digits: YYYYMMDDHHmmss");
  const [year, month, day, hour, minute, second] = match.slice(1);
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}+08:00`);
  // Date rolls 30 February over into March; writing it back shows whether it did.
  if (Number.isNaN(date.getTime()) || toFpxTime(date) !== text) {
    throw new RangeError("The FPX time names a moment that the calendar does not have");
  }
  return date;
}

/**
 * Writes an instant for people in Malaysia: `2023-06-15 11:23:27` (+08:00).
 *
 * @throws RangeError when the date is invalid or its year has not four digits
 */
export function toMalaysianText(date: Date): string {
  const [year, month, day, hour, minute, second] = malaysianParts(date);
  return `${year}-${month}-${day} ${hour}:${minute}:${second}`;
}

/** Counts Malaysian calendar days since 1 January 1970, for rules that are told in days and not in hours. */
export function malaysianDay(date: Date): number {
  return Math.floor((date.getTime() + malaysiaOffsetMs) / (24 * 60 * 60 * 1000));
}
