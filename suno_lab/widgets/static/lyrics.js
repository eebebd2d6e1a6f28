// A text field for lyrics: section tags at the caret, and how many syllables each line has.

const SEND_AFTER_MS = 150;

function renderLyrics({ model, el }) {
  const undo = [];
  const id = `sl-lyrics-${Math.random().toString(36).slice(2)}`;
  const text = element("textarea", {
    id, class: "sl-input sl-lyrics-text", rows: model.get("rows"), placeholder: model.get("placeholder"), wrap: "off",
    spellcheck: "false", dir: "auto", "aria-describedby": `${id}-sum`,
  });
  text.value = model.get("value");
  const gutter = element("div", { class: "sl-gutter", "aria-hidden": "true" });
  const sum = element("span", { class: "sl-about", id: `${id}-sum` });
  const tags = element("div", { class: "sl-layers", role: "group", "aria-label": "Section tags" });
  for (const tag of model.get("tags")) tags.append(button(tag, () => insertTag(tag), { "aria-label": `Insert [${tag}]` }));
  const root = element("div", { class: "sl-widget sl-lyrics tex2jax_ignore mathjax_ignore" },
    element("label", { class: "sl-label", for: id }, model.get("label")), tags,
    element("div", { class: "sl-lyrics-box" }, gutter, text), sum);

  let timer = 0;
  function send() {
    clearTimeout(timer);
    model.set("value", text.value);
    model.save_changes();
  }
  /** Puts the tag on a line of its own where the caret is. */
  function insertTag(tag) {
    const before = text.value.slice(0, text.selectionStart);
    const opening = !before || before.endsWith("\n") ? "" : "\n";
    text.setRangeText(`${opening}[${tag}]\n`, text.selectionStart, text.selectionEnd, "end");
    text.focus();
    send();
  }
  function paintCounts() {
    const counts = model.get("syllables");
    gutter.textContent = text.value.split("\n").map((_, i) => counts[i] || "").join("\n");
    const lines = counts.filter((count) => count > 0);
    sum.textContent = lines.length ? `${lines.length} sung lines, ${lines.reduce((a, b) => a + b, 0)} syllables` : "";
    gutter.scrollTop = text.scrollTop;
  }
  text.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(send, SEND_AFTER_MS);
    paintCounts();
  });
  text.addEventListener("change", send);
  text.addEventListener("scroll", () => (gutter.scrollTop = text.scrollTop));
  listen(model, "change:value", () => {
    if (text.value !== model.get("value")) text.value = model.get("value");
    paintCounts();
  }, undo);
  listen(model, "change:syllables", paintCounts, undo);
  el.append(root);
  paintCounts();
  return () => {
    clearTimeout(timer);
    undo.forEach((back) => back());
    root.remove();
  };
}
