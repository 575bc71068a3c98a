// Loaded before a program, this gives it a machine whose clock is wrong by SKEW_MS and runs SPEED times too fast.
const Real = Date;
const skewMs = Number(process.env.SKEW_MS ?? 0);
const speed = Number(process.env.SPEED ?? 1);
const began = Real.now();
const wrong = () => Math.round(began + skewMs + (Real.now() - began) * speed);

class SkewedDate extends Real {
  constructor(...given) {
    if (given.length === 0) super(wrong());
    else super(...given);
  }
  static now() {
    return wrong();
  }
}
globalThis.Date = SkewedDate;
