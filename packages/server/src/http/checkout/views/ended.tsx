import type { EndedView } from "../view-model.ts";
import type { PageProps } from "./frame.tsx";
import { Icon } from "./icons.tsx";

/** Nothing more can be paid here: why, that nothing was paid, and where to go. */
export function Ended({ view, frame, t }: PageProps & { view: EndedView }) {
  const e = t.ended;
  const expired = view.why === "expired";
  return (
    <>
      <div class="head">
        <Icon name="stop" />
        <h1>{expired ? e.expiredTitle : e.cancelledTitle}</h1>
      </div>
      <p class="lead">{expired ? e.expired(frame.merchantName) : e.cancelled(frame.merchantName)}</p>
      {view.attempt === undefined ? null : (
        <section class="notice">
          <p>{view.attempt.message}</p>
          <p class="soft">{t.failed.tried(view.attempt.bankName, view.attempt.startedAt)}</p>
          <p>{e.moved}</p>
          <p class="code">{frame.reference}</p>
        </section>
      )}
      <p>{e.next(frame.merchantName)}</p>
      <a class="go" href={`${frame.base}/return`}>
        {e.back(frame.merchantName)}
      </a>
    </>
  );
}
