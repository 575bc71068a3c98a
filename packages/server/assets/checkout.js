// Everything here is a comfort: each page works whole without it. Written for old phones: no build, no dependency.
(() => {
  const find = (selector) => document.querySelector(selector);

  // A page kept in memory may tell of a state long past, so coming back to one asks again.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });

  /** One tap sends a form once, and the button says that something is happening. */
  const guard = (form) => {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) {
        event.preventDefault();
        return;
      }
      form.dataset.sent = "1";
      const button = form.querySelector("button[data-busy]");
      if (!button) return;
      button.setAttribute("aria-disabled", "true");
      button.textContent = button.dataset.busy;
    });
  };

  /** True where the phrase stands as typed, or each of its words begins one of the text's, in any order. */
  const matches = (text, phrase) => {
    const starts = text.split(/[^a-z0-9]+/);
    return text.includes(phrase) || phrase.split(" ").every((word) => starts.some((start) => start.startsWith(word)));
  };

  /** Narrows the list of banks as the buyer types; Enter takes the only one left. */
  const search = () => {
    const box = find("#search");
    if (!box) return;
    const field = find("#find");
    const found = find("#found");
    const tiles = Array.from(document.querySelectorAll(".bank"), (tile) => {
      const input = tile.querySelector("input");
      const name = tile.querySelector(".name");
      return { tile, input, text: `${name.textContent} / ${input.value}`.toLowerCase() };
    });
    if (tiles.length < 8) return;
    box.hidden = false;
    const shown = () => tiles.filter((each) => !each.tile.hidden);
    field.addEventListener("input", () => {
      const phrase = field.value.trim().toLowerCase().replace(/\s+/g, " ");
      for (const each of tiles) each.tile.hidden = !matches(each.text, phrase);
      const count = shown().length;
      const { many, one, none } = found.dataset;
      const said = count === 0 ? none : count === 1 ? one : many.replace("{n}", count);
      found.textContent = field.value.trim() === "" ? "" : said;
    });
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      const left = shown().filter((each) => !each.input.disabled);
      if (left.length !== 1) return;
      left[0].input.checked = true;
      left[0].input.focus();
    });
  };

  /** Counts down to the way back to the shop, unless the buyer would rather stay. */
  const countdown = () => {
    const line = find("#countdown");
    if (!line) return;
    const said = line.querySelector("span");
    let left = Number(line.dataset.seconds);
    const show = () => {
      said.textContent = line.dataset.text.replace("{s}", left);
    };
    show();
    const timer = setInterval(() => {
      left -= 1;
      if (left > 0) {
        show();
        return;
      }
      clearInterval(timer);
      location.assign(line.dataset.to);
    }, 1000);
    const stop = () => {
      clearInterval(timer);
      line.remove();
    };
    line.querySelector("a").addEventListener("click", (event) => {
      event.preventDefault();
      stop();
      find("h1").tabIndex = -1;
      find("h1").focus();
    });
    window.addEventListener("beforeprint", stop);
    // Back from the shop, the page must not throw the buyer out again.
    window.addEventListener("pagehide", () => clearInterval(timer));
  };

  const printing = () => {
    const button = find("#print");
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  };

  /** Asks for news: often at first, ever less, and not while nobody looks. */
  const watch = () => {
    const live = find("[data-watch]");
    if (!live) return;
    const { watch: address, status, version } = live.dataset;
    let round = 0;
    let timer = 0;
    const later = (atLeastMs) => {
      round += 1;
      const wait = round < 15 ? 2000 : Math.min(30000, 2000 * 1.2 ** (round - 14));
      timer = setTimeout(ask, Math.max(wait, atLeastMs));
    };
    const ask = () => {
      clearTimeout(timer);
      if (document.hidden) return;
      fetch(address, { headers: { accept: "application/json" }, cache: "no-store" })
        .then((answer) => {
          if (!answer.ok) return later(1000 * Number(answer.headers.get("retry-after") || 10));
          return answer.json().then((news) => {
            if (news.status !== status || String(news.version) !== version) location.reload();
            else later(0);
          });
        })
        .catch(() => later(10000));
    };
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) ask();
    });
    later(0);
  };

  /** Takes the buyer to what went wrong, and drops it from the address, so that a reload does not say it again. */
  const problem = () => {
    const summary = find("#problem");
    if (!summary) return;
    summary.focus();
    const address = new URL(location.href);
    for (const name of ["problem", "bank"]) address.searchParams.delete(name);
    address.hash = "";
    history.replaceState(null, "", address);
  };

  for (const form of document.querySelectorAll("form[data-guard]")) guard(form);
  for (const start of [search, countdown, printing, watch, problem]) start();
})();
