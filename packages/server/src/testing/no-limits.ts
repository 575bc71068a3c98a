/** Settings under which a test that sends much at once is never told to wait by a limit. */
export const noLimits = {
  KINETICPAY_KEY_RATE: "1000000",
  KINETICPAY_KEY_BURST: "1000000",
  KINETICPAY_KEY_CONCURRENCY: "10000",
  KINETICPAY_OVERLOAD_DELAY_MS: "60000",
  KINETICPAY_OVERLOAD_WAITING: "100000",
};
