// Clips side by side on one clock: switching keeps the place in the music, to the sample.

/** Fetches the sound of clips from Python when it is first wanted. */
class SoundFetcher {
  constructor(model, undo) {
    this.model = model;
    this.waiting = new Map();
    listen(model, "msg:custom", (message, buffers) => this.receive(message, buffers), undo);
  }

  fetch(clipId) {
    return new Promise((resolve, reject) => {
      this.waiting.set(clipId, { resolve, reject });
      this.model.send({ type: "sound", clip_id: clipId });
    });
  }

  receive(message, buffers) {
    const waiting = this.waiting.get(message.clip_id);
    if (!waiting) return;
    this.waiting.delete(message.clip_id);
    if (message.type === "sound") waiting.resolve(typed(buffers[0], Uint8Array).buffer);
    else waiting.reject(new Error(message.text));
  }
}

/** The clips to show, in reading order: through the filter, the stars and the wished order. */
function shownClips(model) {
  const wanted = model.get("filter").toLowerCase();
  const stars = new Set(model.get("stars"));
  const notes = model.get("notes");
  const matches = (clip) =>
    [clip.title, clip.name, model.get("rows")[clip.row], model.get("columns")[clip.column], notes[clip.clip_id] ?? "",
      ...clip.chips.map((chip) => chip.text)].join("\n").toLowerCase().includes(wanted);
  const shown = model.get("clips").filter((clip) => matches(clip) && (!model.get("starred_only") || stars.has(clip.clip_id)));
  const sort = model.get("sort");
  const place = (clip) => clip.row * model.get("columns").length + clip.column;
  if (!sort) return shown.sort((a, b) => place(a) - place(b));
  const value = (clip) => clip.chips.find((chip) => chip.name === sort)?.value ?? null;
  return shown.sort((a, b) => compareValues(value(a), value(b)));
}

/** Numbers by size, words by alphabet, what is unknown last. */
function compareValues(a, b) {
  if (a === null || b === null) return (a === null) - (b === null);
  return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
}

const CHIP_LABELS = { tempo_bpm: "tempo", musical_key: "key", duration_s: "length", loudness_integrated_lufs: "loudness" };
const chipLabel = (name) => CHIP_LABELS[name] ?? name.replaceAll("_", " ");

function renderMatrix({ model, el }) {
  const undo = [];
  const fetcher = new SoundFetcher(model, undo);
  const deck = new BufferDeck((clipId) => fetcher.fetch(clipId));
  const cards = new Map();
  let order = [];

  const save = (changes) => {
    for (const [name, value] of Object.entries(changes)) model.set(name, value);
    model.save_changes();
  };
  const active = () => model.get("active");
  const clipOf = (clipId) => model.get("clips").find((clip) => clip.clip_id === clipId);

  // ── the transport ─────────────────────────────────────────────────────────────────────────────────────────────────
  const status = element("span", { class: "sl-message", role: "status" });
  const playOrPause = () => (deck.playing ? deck.pause() : start());
  const playButton = button(icon("play"), playOrPause, { class: "sl-button sl-play", "aria-label": "Play" });
  const time = element("span", { class: "sl-time" });
  const slider = element("input", {
    type: "range", class: "sl-position", min: 0, max: 1, step: 0.001, value: 0, "aria-label": "Position",
    oninput: () => deck.seek(Number(slider.value) * deck.duration),
  });
  const nowPlaying = element("span", { class: "sl-about tex2jax_ignore mathjax_ignore", dir: "auto" });

  function paintTransport() {
    const total = deck.duration;
    slider.value = total ? deck.time / total : 0;
    slider.setAttribute("aria-valuetext", `${clock(deck.time)} of ${clock(total)}`);
    time.textContent = `${clock(deck.time, true)} / ${clock(total)}`;
    playButton.replaceChildren(icon(deck.playing ? "pause" : "play"));
    playButton.setAttribute("aria-label", deck.playing ? "Pause" : "Play");
    root.classList.toggle("sl-playing", deck.playing);
  }
  let frame = 0;
  function tick() {
    deck.keepInBounds();
    paintTransport();
    frame = deck.playing ? requestAnimationFrame(tick) : 0;
  }
  listen(deck, "change", () => {
    paintTransport();
    if (deck.playing && !frame) frame = requestAnimationFrame(tick);
    if (model.get("playing") !== deck.playing) save({ playing: deck.playing });
  }, undo);
  listen(deck, "broken", ({ detail }) => (status.textContent = detail), undo);

  async function start() {
    if (!active() && order.length) save({ active: order[0].clip_id });
    await hear();
    await deck.play();
  }
  /** Makes the active clip the audible one; what plays goes on at the same place. */
  async function hear() {
    const clipId = active();
    if (!clipId) return;
    status.textContent = deck.buffers.has(clipId) ? "" : "loading …";
    await deck.setAudible([clipId]);
    if (active() === clipId && status.textContent === "loading …") status.textContent = "";
    if (deck.playing && deck.time >= deck.duration) deck.seek(0);
  }
  function choose(clipId, play = false) {
    save({ active: clipId });
    if (play && !deck.playing) start();
  }

  // ── the clips ─────────────────────────────────────────────────────────────────────────────────────────────────────
  function chipList(clip) {
    const list = element("ul", { class: "sl-chips" });
    for (const chip of clip.chips) {
      const asked = chip.asked ? element("span", { class: "sl-asked" }, ` (asked ${chip.asked})`) : null;
      list.append(element("li", { class: "sl-chip" }, element("span", { class: "sl-chip-name" }, `${chipLabel(chip.name)} `), chip.text, asked));
    }
    return list;
  }
  function card(clip, number) {
    const key = number < 9 ? String(number + 1) : "";
    const name = `${clip.title}, ${clip.name}`;
    const chooser = button(null, () => choose(clip.clip_id, true), {
      class: "sl-choose", "data-key": `clip ${clip.clip_id}`, "aria-pressed": "false", "aria-label": name, "aria-keyshortcuts": key || null,
    });
    chooser.replaceChildren(
      element("span", { class: "sl-key", "aria-hidden": "true" }, key),
      element("span", { class: "sl-named" },
        element("span", { class: "sl-name", dir: "auto" }, clip.title), element("span", { class: "sl-about", dir: "auto" }, clip.name)),
    );
    const star = button("★", () => toggleStar(clip.clip_id), { class: "sl-star", "data-key": `star ${clip.clip_id}`, "aria-label": `Star: ${name}` });
    const made = element("div", { class: "sl-card tex2jax_ignore mathjax_ignore" }, chooser, star, chipList(clip),
      clip.finding ? element("p", { class: "sl-finding", dir: "auto" }, clip.finding) : null);
    cards.set(clip.clip_id, { made, chooser, star });
    return made;
  }
  const layOut = () => keepingFocus(root, rebuild);
  function rebuild() {
    order = shownClips(model);
    cards.clear();
    const numbered = new Map(order.map((clip, i) => [clip.clip_id, i]));
    const cardsOf = (clips) => clips.map((clip) => card(clip, numbered.get(clip.clip_id)));
    if (model.get("sort")) {
      body.replaceChildren(element("div", { class: "sl-list" }, ...cardsOf(order)));
    } else {
      const columns = model.get("columns");
      const used = columns.map((_, i) => i).filter((i) => order.some((clip) => clip.column === i));
      const head = element("tr", {}, element("td"), ...used.map((i) => element("th", { scope: "col", dir: "auto" }, columns[i])));
      const lines = model.get("rows").map((label, row) => {
        const inRow = order.filter((clip) => clip.row === row);
        if (!inRow.length) return null;
        const cells = used.map((column) => element("td", {}, ...cardsOf(inRow.filter((clip) => clip.column === column))));
        return element("tr", {}, element("th", { scope: "row", dir: "auto" }, label), ...cells);
      });
      const table = element("table", { class: "sl-grid tex2jax_ignore mathjax_ignore" }, element("thead", {}, head), element("tbody", {}, ...lines.filter(Boolean)));
      body.replaceChildren(table);
    }
    if (!order.length) body.append(element("p", { class: "sl-about" }, model.get("clips").length ? "nothing matches" : "no clips yet"));
    paintChoice();
  }
  function paintChoice() {
    const stars = new Set(model.get("stars"));
    for (const [clipId, { made, chooser, star }] of cards) {
      made.classList.toggle("sl-active", clipId === active());
      chooser.setAttribute("aria-pressed", String(clipId === active()));
      star.setAttribute("aria-pressed", String(stars.has(clipId)));
    }
    const clip = clipOf(active());
    nowPlaying.textContent = clip ? `${clip.title} · ${clip.name}` : "";
    note.disabled = !clip;
    if (document.activeElement !== note) note.value = clip ? model.get("notes")[clip.clip_id] ?? "" : "";
  }
  function toggleStar(clipId) {
    const stars = new Set(model.get("stars"));
    if (!stars.delete(clipId)) stars.add(clipId);
    save({ stars: [...stars] });
  }

  // ── the controls ──────────────────────────────────────────────────────────────────────────────────────────────────
  const filter = element("input", {
    type: "search", class: "sl-input", placeholder: "filter", "aria-label": "Filter clips", value: model.get("filter"),
    oninput: () => save({ filter: filter.value }),
  });
  const names = [...new Set(model.get("clips").flatMap((clip) => clip.chips.map((chip) => chip.name)))];
  const sort = element("select", { class: "sl-select", "aria-label": "Order", onchange: () => save({ sort: sort.value }) },
    element("option", { value: "" }, "as a grid"),
    ...names.map((name) => element("option", { value: name }, `by ${chipLabel(name)}`)));
  sort.value = model.get("sort");
  const starredOnly = button("★ only", () => save({ starred_only: !model.get("starred_only") }), { "aria-pressed": "false" });
  const note = element("textarea", {
    class: "sl-input sl-remark", rows: 2, "aria-label": "Note on the chosen clip", placeholder: "note on the chosen clip", dir: "auto",
    onchange: () => active() && save({ notes: { ...model.get("notes"), [active()]: note.value } }),
  });
  const body = element("div", { class: "sl-body" });
  const hint = element("p", { class: "sl-about" }, "1–9: clip · arrows: neighbour · space: play · s: star · all clips are turned down to the quietest");
  const root = element("div", { class: "sl-widget sl-matrix", role: "group", "aria-label": "Compare clips", tabindex: -1, "data-lm-suppress-shortcuts": "true" },
    element("div", { class: "sl-head" }, element("strong", { class: "sl-title" }, "Compare"), nowPlaying,
      model.get("note") ? element("span", { class: "sl-note" }, model.get("note")) : null),
    element("div", { class: "sl-controls" }, playButton, time, slider, filter, sort, starredOnly, status),
    body, note, hint);

  function neighbour(step) {
    const at = order.findIndex((clip) => clip.clip_id === active());
    return order[clamp(at < 0 ? 0 : at + step, 0, order.length - 1)];
  }
  listen(root, "keydown", (event) => {
    if ((isTyping(event) && event.composedPath()[0] !== slider) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.composedPath()[0] === slider && event.key.startsWith("Arrow")) return;
    const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    const digit = /^[1-9]$/.test(event.key) ? order[Number(event.key) - 1] : null;
    const chosen = digit ?? (event.key in steps && order.length ? neighbour(steps[event.key]) : null);
    if (chosen) {
      choose(chosen.clip_id);
      cards.get(chosen.clip_id)?.chooser.focus();
    } else if (event.key === " ") playOrPause();
    else if (event.key === "s" && active()) toggleStar(active());
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, undo);

  // ── the model ─────────────────────────────────────────────────────────────────────────────────────────────────────
  const takeGains = () => (deck.gains = Object.fromEntries(model.get("clips").map((clip) => [clip.clip_id, 10 ** (clip.gain_db / 20)])));
  listen(model, "change:active", () => {
    paintChoice();
    hear();
  }, undo);
  listen(model, "change:playing", () => {
    if (model.get("playing") !== deck.playing) playOrPause();
  }, undo);
  for (const trait of ["stars", "notes"]) listen(model, `change:${trait}`, () => (model.get("starred_only") ? layOut() : paintChoice()), undo);
  for (const trait of ["clips", "filter", "sort", "starred_only"]) listen(model, `change:${trait}`, () => {
    takeGains();
    starredOnly.setAttribute("aria-pressed", String(model.get("starred_only")));
    layOut();
  }, undo);

  el.append(root);
  takeGains();
  layOut();
  paintTransport();
  const lookedAfter = lookRegularly(model, root, undo);

  return () => {
    lookedAfter();
    cancelAnimationFrame(frame);
    undo.forEach((back) => back());
    deck.dispose();
    root.remove();
  };
}
