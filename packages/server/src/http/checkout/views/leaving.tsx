import type { PageProps } from "./frame.tsx";

type Fields = Readonly<Record<string, string>>;

function Hidden({ fields }: { fields: Fields }) {
  return (
    <>
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
    </>
  );
}

export interface HandOffProps extends PageProps {
  readonly bankName: string;
  readonly attemptId: string;
  readonly action: string;
  readonly fields: Fields;
}

/** The form that takes the buyer to FPX. The script sends it once; coming back or reloading leads to the payment's page. */
export function HandOffForm({ frame, t, bankName, attemptId, action, fields }: HandOffProps) {
  return (
    <>
      <h1>{t.handOff.heading(bankName)}</h1>
      <p class="lead">{t.handOff.body}</p>
      <form
        id="hand-off"
        method="post"
        action={action}
        accept-charset="utf-8"
        data-away={frame.base}
        data-once={attemptId}
      >
        <Hidden fields={fields} />
        <button class="go" type="submit">
          {t.handOff.button}
        </button>
      </form>
      <p class="leave">
        {t.handOff.been}
        <a href={frame.base}>{t.handOff.see}</a>
      </p>
    </>
  );
}

export interface ReturnProps extends PageProps {
  readonly paid: boolean;
  readonly action: string;
  readonly fields: Fields;
}

/** The form that takes the buyer back to a shop of the wire protocol, with what the shop must know. */
export function ReturnForm({ frame, t, paid, action, fields }: ReturnProps) {
  return (
    <>
      <h1>{t.back.title(frame.merchantName)}</h1>
      <p class="lead">
        {paid ? t.back.paid : t.back.unpaid} {t.back.body(frame.merchantName)}
      </p>
      <form id="return" method="post" action={action} accept-charset="utf-8" data-away={`${frame.base}?stay=1`}>
        <Hidden fields={fields} />
        <button class="go" type="submit">
          {t.back.button(frame.merchantName)}
        </button>
      </form>
      <p class="leave">
        <a href={`${frame.base}?stay=1`}>{t.back.stay}</a>
      </p>
    </>
  );
}
