import type { BankChoiceView, BankTile } from "../view-model.ts";
import type { PageProps } from "./frame.tsx";
import { Icon } from "./icons.tsx";
import { monogram, tint } from "./monogram.ts";

/** FPX wants its own terms linked beside the button that agrees to them. */
const termsUrl = "https://www.mepsfpx.com.my/FPXMain/termsAndConditions.jsp";

type Props = PageProps & { readonly view: BankChoiceView };

function Tile({ bank, offline }: { bank: BankTile; offline: string }) {
  return (
    <label class="bank">
      <input type="radio" name="bank" value={bank.id} required disabled={!bank.online} checked={bank.selected} />
      <span class="tile">
        <span class={`mono m${tint(bank.id)}`} aria-hidden="true">
          {monogram(bank.name)}
        </span>
        <span class="name">
          {bank.name}
          {bank.online ? null : <span class="off"> {offline}</span>}
        </span>
      </span>
    </label>
  );
}

function Tabs({ view, t }: Props) {
  if (view.tabs.length === 0) return view.onlyModel === "" ? null : <p class="note">{view.onlyModel}</p>;
  return (
    <nav class="tabs" aria-label={t.choose.accountType}>
      {view.tabs.map((tab) => (
        <a key={tab.model} href={tab.href} aria-current={tab.current ? "page" : undefined}>
          {tab.model === "b2c" ? t.choose.personal : t.choose.business}
        </a>
      ))}
    </nav>
  );
}

/** What the buyer must know before choosing again: a refusal, a failed try, or one that may still go through. */
function Notices({ view, frame, t }: Props) {
  const { problem, failed, undecided } = view;
  return (
    <>
      {problem === "" ? null : (
        <div class="notice bad" id="problem" role="alert" tabIndex={-1}>
          <h2>
            <Icon name="mind" />
            {t.problem.title}
          </h2>
          <p>{problem}</p>
        </div>
      )}
      {failed === undefined ? null : (
        <section class="notice bad">
          <h2>
            <Icon name="stop" />
            {t.failed.title}
          </h2>
          <p>{failed.message}</p>
          <p class="soft">{t.failed.tried(failed.bankName, failed.startedAt)}</p>
          {view.canPay && undecided === undefined ? <p>{t.failed.next}</p> : null}
        </section>
      )}
      {undecided === undefined ? null : (
        <section class="notice warn">
          <h2>
            <Icon name="wait" />
            {t.warning.title}
          </h2>
          <p>{t.warning.twice}</p>
          <p>
            <a href={frame.base}>{t.warning.wait}</a>
          </p>
        </section>
      )}
    </>
  );
}

function Banks({ view, t }: Props) {
  return (
    <>
      <div class="search" id="search" hidden>
        <label for="find">{t.choose.search}</label>
        <input id="find" type="search" autocomplete="off" spellcheck={false} enterkeyhint="search" />
        <p
          id="found"
          role="status"
          data-many={t.choose.shown}
          data-one={t.choose.shownOne}
          data-none={t.choose.shownNone}
        />
      </div>
      <fieldset>
        <legend>{view.model === "b2c" ? t.choose.personalBanks : t.choose.businessBanks}</legend>
        <div class="banks">
          {view.banks.map((bank) => (
            <Tile key={bank.id} bank={bank} offline={t.choose.offline} />
          ))}
        </div>
      </fieldset>
      <p class="soft small">
        {view.asOf === "" ? t.choose.asOfUnknown : t.choose.asOf(view.asOf)}
        {view.banks.every((bank) => bank.online) ? "" : ` ${t.choose.offlineNote}`}
      </p>
      <p class="soft small">
        {view.limits}
        {view.model === "b2b1" ? ` ${t.choose.businessNote}` : ""}
      </p>
      <p class="soft small">{view.deadline}</p>
    </>
  );
}

function PayBar({ frame, t }: Props) {
  return (
    <div class="paybar">
      <p class="terms">
        {t.choose.termsBefore}
        <a href={termsUrl} target="_blank" rel="noopener noreferrer">
          {t.choose.termsLink}
          <span class="hide"> {t.choose.newTab}</span>
        </a>
        {t.choose.termsAfter}
      </p>
      <div class="pay">
        <p class="sum">
          <span class="hide">{t.amountLabel}: </span>
          {frame.amount}
        </p>
        <button class="go" type="submit" data-busy={t.choose.busy}>
          {t.choose.proceed}
        </button>
      </div>
    </div>
  );
}

/** The list of banks, or why there is none to choose from. */
export function BankChoice(props: Props) {
  const { view, frame, t } = props;
  const somewhere = view.canPay && view.banks.some((bank) => bank.online);
  return (
    <>
      <Notices {...props} />
      <div class="head">
        <h1>{t.choose.title}</h1>
        <span class="fpx">FPX</span>
      </div>
      <p class="lead">{t.choose.lead}</p>
      {view.canPay ? (
        <>
          <Tabs {...props} />
          {somewhere ? null : <p class="notice warn">{t.choose.noBanks}</p>}
          <form class="choose" method="post" action={`${frame.base}/attempts`} data-guard>
            <input type="hidden" name="model" value={view.model} />
            <input type="hidden" name="lang" value={frame.locale} />
            <Banks {...props} />
            {somewhere ? <PayBar {...props} /> : null}
          </form>
        </>
      ) : null}
      {view.undecided === undefined ? (
        <p class="leave">
          <a href={`${frame.base}/return`}>{t.choose.leave(frame.merchantName)}</a>
        </p>
      ) : null}
    </>
  );
}
