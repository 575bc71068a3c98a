import type { Locale } from "@kineticpay/contract/payment";
import type { ComponentChildren } from "preact";
import { renderToString } from "preact-render-to-string";
import type { CheckoutAssets } from "../assets.ts";

/** A page ready to be sent, with what its security policy must allow. */
export interface Html {
  readonly html: string;
  /** Left open on a page whose form goes to another site; see security-policy.ts. */
  readonly openFormAction: boolean;
}

export interface DocumentProps {
  readonly locale: Locale;
  readonly title: string;
  readonly assets: CheckoutAssets;
  readonly nonce: string;
  /** Address of the page's one script. */
  readonly script: string;
  /** Content of a refresh for browsers without scripts. */
  readonly refresh?: string | undefined;
  readonly children: ComponentChildren;
}

/** A mark of our own, inline, so that no page asks for a favicon. */
const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='8' fill='%230b4f4a'/%3E%3Cpath d='M9 16.500l5 5 9-11' fill='none' stroke='%23fff' stroke-width='3.500'/%3E%3C/svg%3E";

function Document({ locale, title, assets, nonce, script, refresh, children }: DocumentProps) {
  return (
    <html lang={locale}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <meta name="format-detection" content="telephone=no" />
        <title>{title}</title>
        <link rel="icon" href={icon} />
        {/* The stylesheet holds none of the characters that escaping would change; its test says so. */}
        <style>{assets.css}</style>
        {refresh === undefined ? null : (
          <noscript>
            <meta http-equiv="refresh" content={refresh} />
          </noscript>
        )}
        <script src={script} nonce={nonce} defer />
      </head>
      <body>{children}</body>
    </html>
  );
}

/** Renders a whole document. Every value in it has been escaped by the renderer. */
export function renderDocument(props: DocumentProps): string {
  return `<!doctype html>${renderToString(<Document {...props} />)}`;
}
