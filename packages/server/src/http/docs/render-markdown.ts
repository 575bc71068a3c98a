function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** Pages link to each other as files; served, they stand below one address. */
function servedAddress(href: string): string | undefined {
  const page = /^([a-z_]+)\.md(#[\w-]*)?$/.exec(href);
  if (page !== null) return `/docs/errors/${page[1]}${page[2] ?? ""}`;
  if (href === "README.md") return "/docs/errors";
  return /^(https?:\/\/|#|\/(?!\/))/.test(href) ? href : undefined;
}

/** Turns a page's Markdown into HTML. HTML within it is shown as text, and links lead to pages or to web addresses only. */
export async function renderMarkdown(markdown: string): Promise<string> {
  // Loaded when the first page is read: a gateway that nobody reads the pages of need not know Markdown.
  const { Marked } = await import("marked");
  const marked = new Marked({
    gfm: true,
    renderer: {
      html: ({ text }) => escapeHtml(text),
      image: ({ text }) => escapeHtml(text),
      link({ href, tokens }) {
        const text = this.parser.parseInline(tokens);
        const address = servedAddress(href);
        return address === undefined ? text : `<a href="${escapeHtml(address)}">${text}</a>`;
      },
    },
  });
  // What scrolls sideways must be reachable with the keyboard, too.
  return (await marked.parse(markdown))
    .replaceAll("<pre>", '<pre tabindex="0">')
    .replaceAll("<table>", '<div class="wide" tabindex="0"><table>')
    .replaceAll("</table>", "</table></div>");
}
