import type { ReceiptView } from "../view-model.ts";
import type { PageProps } from "./frame.tsx";
import { Icon } from "./icons.tsx";

type Props = PageProps & { readonly view: ReceiptView };

function Rows({ view, frame, t }: Props) {
  const r = t.receipt;
  const rows: readonly (readonly [string, string])[] = [
    [r.status, r.successful],
    [r.amount, frame.amount],
    [r.paidTo, frame.merchantName],
    [r.dateTime, view.paidAt],
    [r.order, view.orderAtBank === "" ? frame.invoice : `${frame.invoice} (${view.orderAtBank})`],
    [r.transaction, view.transactionId],
    [r.bank, view.bankName],
    [r.method, r.methodText],
    [r.description, frame.description],
    [r.reference, frame.reference],
  ];
  return (
    <dl class="facts receipt">
      {rows
        .filter(([, value]) => value !== "")
        .map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

function GoBack({ view, frame, t }: Props) {
  const r = t.receipt;
  const to = `${frame.base}/return`;
  const countdown = r.countdown.replace("{merchant}", () => frame.merchantName);
  return (
    <div class="onward">
      {view.continueS === 0 ? null : (
        <p class="soft" id="countdown" data-to={to} data-seconds={view.continueS} data-text={countdown}>
          <span role="timer">{r.continues(frame.merchantName)}</span> <a href={`${frame.base}?stay=1`}>{r.stay}</a>
        </p>
      )}
      <a class="go" href={to}>
        {r.back(frame.merchantName)}
      </a>
      <button class="go quiet" type="button" id="print" hidden>
        {r.print}
      </button>
    </div>
  );
}

/** Proof of payment, with every field that FPX asks for; it prints on one page. */
export function Receipt(props: Props) {
  const { view, frame, t } = props;
  return (
    <>
      <div class="head good">
        <Icon name="done" />
        <h1>{t.receipt.heading}</h1>
      </div>
      <p class="lead">{t.receipt.body(frame.amount, frame.merchantName)}</p>
      {view.late ? <p class="notice warn">{t.receipt.late(frame.merchantName)}</p> : null}
      {view.duplicates.length === 0 ? null : (
        <div class="notice warn">
          <p>{t.receipt.duplicate(frame.merchantName)}</p>
          <ul>
            {view.duplicates.map((id) => (
              <li class="code" key={id}>
                {id}
              </li>
            ))}
          </ul>
        </div>
      )}
      <Rows {...props} />
      <GoBack {...props} />
    </>
  );
}
