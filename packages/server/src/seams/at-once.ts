/** What is there already, or will be. */
export type Soon<T> = T | Promise<T>;

/**
 * Goes on with a value: at once when it is there, later when it is not. A call that has nothing to wait for then takes no
 * turn of the queue, which matters where a gateway refuses the same thing ten thousand times a second.
 */
export function onward<T, R>(value: Soon<T>, next: (value: T) => Soon<R>): Soon<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}
