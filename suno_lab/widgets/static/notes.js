// A few lines that are read out when they change: what is wrong, what happens, what it costs.

function renderNotes({ model, el }) {
  const undo = [];
  const box = element("div", { class: "sl-notes tex2jax_ignore mathjax_ignore", role: "status", "aria-live": "polite" });
  const paint = () =>
    box.replaceChildren(...model.get("lines").map(({ text, tone }) => element("p", { class: "sl-say", "data-tone": tone, dir: "auto" }, text)));
  listen(model, "change:lines", paint, undo);
  paint();
  el.append(box);
  return () => {
    undo.forEach((back) => back());
    box.remove();
  };
}
