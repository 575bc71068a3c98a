/** Drawn shapes, so that a state is never told by colour alone. */
const paths = {
  done: "M5 12.5l4.5 4.5L19 7.5",
  wait: "M12 6.5V12l3.5 2.5",
  stop: "M7.5 7.5l9 9m0-9l-9 9",
  mind: "M12 6.5v7m0 3.5v.01",
} as const;

export type IconName = keyof typeof paths;

/** A round mark beside a heading; decoration, since the heading says the same. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class={`icon ${name}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <circle cx="12" cy="12" r="11" />
      <path d={paths[name]} />
    </svg>
  );
}

/** A closed lock. */
export function Lock() {
  return (
    <svg class="lock" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d="M7 10V8a5 5 0 0110 0v2h1.500v10h-13V10zm2 0h6V8a3 3 0 00-6 0z" />
    </svg>
  );
}
