import type { WarningView } from "../view-model.ts";
import type { PageProps } from "./frame.tsx";
import { Icon } from "./icons.tsx";

/** Paying again might mean paying twice: the buyer decides, knowing that. The safe ways stand first. */
export function Warning({ view, frame, t }: PageProps & { view: WarningView }) {
  const { attempt, doubt } = view;
  const told = { unknown: t.warning.body, not_found: t.warning.notFound, approval: t.warning.approval }[doubt];
  return (
    <>
      <div class="head">
        <Icon name="mind" />
        <h1>{t.warning.title}</h1>
      </div>
      <p class="lead">{told(attempt.startedAt, frame.amount, attempt.bankName)}</p>
      <p class="strong">{t.warning.twice}</p>
      <p>{t.warning.look}</p>
      <form method="post" action={`${frame.base}/check`} data-guard>
        <input type="hidden" name="step" value="confirm" />
        <input type="hidden" name="bank" value={view.bankId} />
        <input type="hidden" name="model" value={view.model} />
        <input type="hidden" name="lang" value={frame.locale} />
        <button class="go" type="submit" data-busy={t.pending.checking}>
          {t.warning.check}
        </button>
      </form>
      <form method="post" action={`${frame.base}/attempts`} data-guard>
        <input type="hidden" name="bank" value={view.bankId} />
        <input type="hidden" name="model" value={view.model} />
        <input type="hidden" name="confirmed" value="1" />
        <input type="hidden" name="lang" value={frame.locale} />
        <button class="go quiet" type="submit" data-busy={t.choose.busy}>
          {t.warning.pay(view.bankName)}
        </button>
      </form>
      <p class="leave">
        <a href={`${frame.base}?step=retry`}>{t.warning.other}</a>
        <a href={frame.base}>{t.warning.wait}</a>
      </p>
    </>
  );
}
