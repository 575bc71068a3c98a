import type { Texts } from "../texts/en.ts";
import type { ContactLink, TroubleKind } from "../view-model.ts";
import { Contacts } from "./contacts.tsx";
import { Icon } from "./icons.tsx";

export interface TroubleProps {
  readonly t: Texts;
  readonly kind: TroubleKind;
  readonly requestId: string;
  /** Path of the payment's page, where it is known which payment this is about. */
  readonly base: string | undefined;
  readonly contacts: readonly ContactLink[];
}

/** A page for when there is nothing better to show. It never blames, and always says whether money is at risk. */
export function Trouble({ t, kind, requestId, base, contacts }: TroubleProps) {
  const words = t.trouble[kind];
  return (
    <div class="page plain">
      <div class="body">
        <main>
          <div class="head">
            <Icon name={kind === "not_found" || kind === "refused" ? "stop" : "mind"} />
            <h1>{words.title}</h1>
          </div>
          <p class="lead">{words.body}</p>
          <p>{words.next}</p>
          {base === undefined ? null : (
            <a class="go" href={base}>
              {t.trouble.home}
            </a>
          )}
          <p class="soft small">
            {t.trouble.requestId}: <span class="code">{requestId}</span>
          </p>
          <Contacts t={t} contacts={contacts} />
        </main>
      </div>
    </div>
  );
}
