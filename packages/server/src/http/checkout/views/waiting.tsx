import type { Texts } from "../texts/en.ts";
import type { ApprovalView, AttemptNote, PendingView, Watch } from "../view-model.ts";
import type { PageProps } from "./frame.tsx";
import { Icon } from "./icons.tsx";

/** Marks a page for the script that asks for news, and says to assistive technology that it is being asked. */
function Checking({ watch, frame, t }: PageProps & { watch: Watch }) {
  return (
    <div
      class="checking"
      data-watch={`${frame.base}/status`}
      data-status={watch.status}
      data-version={watch.version}
      role="status"
    >
      <span class="pulse" aria-hidden="true" />
      {t.pending.checking}
    </div>
  );
}

function CheckNow({ frame, t, quiet }: PageProps & { quiet?: boolean }) {
  return (
    <form method="post" action={`${frame.base}/check`} data-guard>
      <input type="hidden" name="lang" value={frame.locale} />
      <button class={quiet ? "go quiet" : "go"} type="submit" data-busy={t.pending.checking}>
        {t.pending.check}
      </button>
    </form>
  );
}

function Steps({ title, steps }: { title: string; steps: readonly string[] }) {
  return (
    <>
      <h2>{title}</h2>
      <ul class="steps">
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ul>
    </>
  );
}

function Facts({ attempt, t }: Pick<PageProps, "t"> & { attempt: AttemptNote }) {
  return (
    <dl class="facts">
      <div>
        <dt>{t.pending.bank}</dt>
        <dd>{attempt.bankName}</dd>
      </div>
      <div>
        <dt>{t.pending.started}</dt>
        <dd>{attempt.startedAt}</dd>
      </div>
    </dl>
  );
}

function pendingNews({ attempt, failedSince, provisional }: PendingView, t: Texts): string {
  if (failedSince !== undefined) return t.pending.older(attempt.bankName, attempt.startedAt);
  return provisional ? t.pending.provisional : t.pending.unknown(attempt.bankName);
}

/** A buyer has been at a bank, and nobody knows yet what came of it. */
export function Pending({ view, frame, t }: PageProps & { view: PendingView }) {
  const { attempt } = view;
  return (
    <>
      {view.failedSince === undefined ? null : (
        <section class="notice bad">
          <p>{t.pending.failedSince(view.failedSince.bankName, view.failedSince.startedAt)}</p>
          <p class="strong">{view.failedSince.message}</p>
        </section>
      )}
      <div class="head">
        <Icon name="wait" />
        <h1>{t.pending.heading(attempt.bankName)}</h1>
      </div>
      <p class="lead">{pendingNews(view, t)}</p>
      <p class="strong">{t.pending.stop}</p>
      {view.slow ? <p>{t.pending.slow}</p> : null}
      <Checking watch={view.watch} frame={frame} t={t} />
      <Facts attempt={attempt} t={t} />
      <Steps title={t.pending.next} steps={t.pending.steps(frame.merchantName)} />
      <CheckNow frame={frame} t={t} />
      <section class="aside">
        <h2>{t.pending.closedTitle}</h2>
        <p>{t.pending.closedText}</p>
        <form method="post" action={`${frame.base}/attempts`} data-guard>
          <input type="hidden" name="bank" value={attempt.bankId} />
          <input type="hidden" name="model" value={attempt.model} />
          <input type="hidden" name="again" value="1" />
          <input type="hidden" name="lang" value={frame.locale} />
          <button class="go quiet" type="submit" data-busy={t.pending.checking}>
            {t.pending.closed}
          </button>
        </form>
      </section>
    </>
  );
}

/** A company's second person must approve; the buyer at this page can do no more. */
export function Approval({ view, frame, t }: PageProps & { view: ApprovalView }) {
  const { attempt } = view;
  const { amount, merchantName, invoice, base } = frame;
  return (
    <>
      <div class="head">
        <Icon name="wait" />
        <h1>{t.approval.heading}</h1>
      </div>
      <p class="lead">{t.approval.body(attempt.bankName)}</p>
      <p class="strong">{t.approval.stop}</p>
      <Checking watch={view.watch} frame={frame} t={t} />
      <Facts attempt={attempt} t={t} />
      <Steps title={t.approval.next} steps={t.approval.steps(attempt.bankName, amount, merchantName)} />
      <h2 id="message">{t.approval.message}</h2>
      <p class="quote">{t.approval.messageText(amount, merchantName, invoice, attempt.bankName, view.reference)}</p>
      <CheckNow frame={frame} t={t} />
      <p class="leave">
        <a href={`${base}?step=retry`}>{t.approval.other}</a>
      </p>
    </>
  );
}
