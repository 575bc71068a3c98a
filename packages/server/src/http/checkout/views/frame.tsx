import type { ComponentChildren } from "preact";
import type { Texts } from "../texts/en.ts";
import { otherLocale } from "../texts/texts-for.ts";
import type { Frame } from "../view-model.ts";
import { Contacts } from "./contacts.tsx";
import { Lock } from "./icons.tsx";
import { monogram } from "./monogram.ts";

export interface PageProps {
  readonly frame: Frame;
  readonly t: Texts;
}

function Summary({ frame, t }: PageProps) {
  const other = otherLocale(frame.locale);
  return (
    <header class="side">
      <div class="wrap">
        <div class="bar">
          <p class="shop">
            <span class="seal" aria-hidden="true">
              {monogram(frame.merchantName)}
            </span>
            <span>{t.payTo(frame.merchantName)}</span>
          </p>
          <a class="lang" href={frame.switchHref} lang={other} hreflang={other}>
            {t.otherLanguage}
          </a>
        </div>
        <p class="amount">{frame.amount}</p>
        <dl class="order">
          <div>
            <dt>{t.orderLabel}</dt>
            <dd>{frame.invoice}</dd>
          </div>
        </dl>
        {frame.description === "" ? null : <p class="what">{frame.description}</p>}
        {frame.sandbox ? <p class="sandbox">{t.sandbox}</p> : null}
      </div>
    </header>
  );
}

function Foot({ frame, t }: PageProps) {
  return (
    <footer>
      <p class="safe">
        <Lock />
        <span>{t.secured}</span>
      </p>
      <details>
        <summary>{t.help.question}</summary>
        <p>{t.help.trace(frame.merchantName)}</p>
        <p>
          {t.help.reference}: <span class="code">{frame.reference}</span>
        </p>
      </details>
      <Contacts t={t} contacts={frame.contacts} />
    </footer>
  );
}

/** The page around one payment: what is paid and to whom, the matter at hand, and the same help in the same place. */
export function Page({ frame, t, children }: PageProps & { children: ComponentChildren }) {
  return (
    <div class="page">
      <Summary frame={frame} t={t} />
      <div class="body">
        <main>{children}</main>
        <Foot frame={frame} t={t} />
      </div>
    </div>
  );
}
