// Submits the form that this script's own address names: submit.js?form=<id>. It serves pages of shops as well as ours.
(() => {
  const own = document.currentScript || document.querySelector('script[src*="/assets/submit.js?"]');
  if (!own) return;
  const id = new URL(own.src).searchParams.get("form");

  /** Going back to a form, or loading it again, must not send the buyer away once more. */
  const isRevisit = () => {
    const entry = performance.getEntriesByType ? performance.getEntriesByType("navigation")[0] : undefined;
    return entry !== undefined && (entry.type === "back_forward" || entry.type === "reload");
  };

  /** True the first time that this tab sends the form; storage may be forbidden, and then every time is the first. */
  const isFirst = (key) => {
    if (!key) return true;
    try {
      if (sessionStorage.getItem(key)) return false;
      sessionStorage.setItem(key, "1");
    } catch {
      return true;
    }
    return true;
  };

  const start = () => {
    const form = document.getElementById(id);
    if (!form) return;
    const { away, once } = form.dataset;
    if (away) {
      window.addEventListener("pageshow", (event) => {
        if (event.persisted) location.replace(away);
      });
      if (isRevisit() || !isFirst(once)) {
        location.replace(away);
        return;
      }
    }
    // Not form.submit(): a field of that name would hide it.
    HTMLFormElement.prototype.submit.call(form);
  };

  if (document.getElementById(id) || document.readyState !== "loading") start();
  else document.addEventListener("DOMContentLoaded", start);
})();
