// One clip: waveform, spectrogram, beats, sections, words in time. All state is in the model's traits.

const SPEEDS = [0.5, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 2];
const REPORT_EVERY_MS = 250;
const HUES = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#999999"];

/** Which view of a model leads: the one touched last. Only it reports to Python and follows `playing`. */
const LEADERS = (PAGE.leaders ??= new WeakMap());

function makeDeck(model) {
  const layers = model.get("layers");
  if (!layers.length)
    return new ElementDeck({ bytes: model.get("audio"), mime: model.get("mime"), address: model.get("audio_url") });
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  return new BufferDeck(async (name) => typed(byName.get(name).audio, Uint8Array).buffer, { keep_n: layers.length });
}

// ── the picture ─────────────────────────────────────────────────────────────────────────────────────────────────────
/** Cividis, sampled: dark blue over grey to yellow, the same to every eye. */
const CIVIDIS = [[0, 32, 76], [31, 59, 107], [87, 92, 109], [124, 123, 120], [165, 156, 116], [211, 193, 100], [255, 234, 70]];

function cividis(level) {
  const place = (level / 255) * (CIVIDIS.length - 1);
  const low = Math.min(Math.floor(place), CIVIDIS.length - 2);
  return CIVIDIS[low].map((from, i) => from + (CIVIDIS[low + 1][i] - from) * (place - low));
}

function drawSpectrogram(canvas, model) {
  const [bands, frames] = model.get("spectrogram_shape");
  const levels = typed(model.get("spectrogram"), Uint8Array);
  if (!bands || levels.length !== bands * frames) return;
  canvas.width = frames;
  canvas.height = bands;
  const context = canvas.getContext("2d");
  const image = context.createImageData(frames, bands);
  for (let band = 0; band < bands; band++)
    for (let frame = 0; frame < frames; frame++) {
      const at = 4 * ((bands - 1 - band) * frames + frame);
      image.data.set([...cividis(levels[band * frames + frame]), 255], at);
    }
  context.putImageData(image, 0, 0);
}

function drawWave(canvas, model) {
  const { context, width, height } = sharpContext(canvas);
  const pairs = typed(model.get("peaks"), Float32Array);
  const style = getComputedStyle(canvas);
  context.clearRect(0, 0, width, height);
  const middle = height / 2;
  context.fillStyle = style.getPropertyValue("--sl-wave") || style.color;
  for (let x = 0; x < width && pairs.length; x++) {
    const from = Math.floor((x * pairs.length) / 2 / width);
    const to = Math.max(from + 1, Math.floor(((x + 1) * pairs.length) / 2 / width));
    let [low, high] = [0, 0];
    for (let i = from; i < to; i++) [low, high] = [Math.min(low, pairs[2 * i]), Math.max(high, pairs[2 * i + 1])];
    context.fillRect(x, middle - high * middle, 1, Math.max(1, (high - low) * middle));
  }
  const duration = model.get("duration_s");
  if (!model.get("show_beats") || !duration) return;
  context.fillStyle = style.getPropertyValue("--sl-beat") || style.color;
  for (const beat of model.get("beats_s")) context.fillRect(Math.round((beat / duration) * width), 0, 1, 7);
}

function sectionBand(model, seek) {
  const duration = model.get("duration_s") || 1;
  const labels = [...new Set(model.get("sections").map((section) => section.label))];
  const band = element("div", { class: "sl-sections", role: "group", "aria-label": "Sections" });
  for (const { label, start_s, end_s } of model.get("sections")) {
    const name = `${label}, from ${clock(start_s)}`;
    const part = button(label, () => seek(start_s), { class: "sl-section", title: name, "aria-label": name, dir: "auto" });
    part.style.left = `${(100 * start_s) / duration}%`;
    part.style.width = `${(100 * Math.max(0, end_s - start_s)) / duration}%`;
    part.style.borderTopColor = HUES[labels.indexOf(label) % HUES.length];
    band.append(part);
  }
  return band;
}

// ── the words ───────────────────────────────────────────────────────────────────────────────────────────────────────
/** Lines of word buttons; one tab stop, arrows walk. `follow(time)` marks the word that is sung. */
function wordPage(model, seek) {
  const words = model.get("words");
  const page = element("div", { class: "sl-words tex2jax_ignore mathjax_ignore", role: "group", "aria-label": "Lyrics" });
  const lines = [];
  const buttons = words.map((word, i) => {
    if (!i || word.line !== words[i - 1].line) {
      const opens = word.section && (!i || word.section_index !== words[i - 1].section_index);
      if (opens) page.append(element("p", { class: "sl-section-name", "data-section": word.section_index, dir: "auto" }, word.section));
      lines.push(element("p", { class: "sl-line", dir: "auto", "data-section": word.section_index }));
      page.append(lines.at(-1));
    }
    const made = button(word.word, () => seek(word.start_s), { class: "sl-word", tabindex: i ? -1 : 0 });
    lines.at(-1).append(made, " ");
    return made;
  });
  let now = -1;

  function walk(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const at = buttons.indexOf(event.target);
    if (!step || at < 0) return;
    event.preventDefault();
    event.stopPropagation();
    const next = buttons[clamp(at + step, 0, buttons.length - 1)];
    buttons[at].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }
  page.addEventListener("keydown", walk);

  function follow(time_s) {
    const started = lastStarted(words, time_s);
    const sung = started >= 0 && time_s <= words[started].end_s + 0.25 ? started : -1;
    if (sung === now) return;
    buttons[now]?.removeAttribute("aria-current");
    buttons[now]?.parentElement.classList.remove("sl-now");
    now = sung;
    if (sung < 0) return;
    const word = buttons[sung];
    word.setAttribute("aria-current", "true");
    word.parentElement.classList.add("sl-now");
    page.dataset.section = words[sung].section_index;
    showSection();
    page.scrollTop = word.parentElement.offsetTop - page.clientHeight / 2 + word.parentElement.clientHeight / 2;
  }

  function showSection() {
    const one = model.get("view") === "section";
    const shown = page.dataset.section ?? String(words[0]?.section_index);
    for (const part of page.children) part.hidden = one && part.dataset.section !== shown;
  }
  showSection();
  return { page, follow, showSection };
}

/** Lyrics of which no word has a time: to read along, folded. */
function untimedLyrics(text) {
  const body = element("div", { class: "sl-words sl-untimed tex2jax_ignore mathjax_ignore", dir: "auto", tabindex: 0 }, text);
  return element("details", { class: "sl-folded" }, element("summary", {}, "lyrics"), body);
}

// ── the controls ────────────────────────────────────────────────────────────────────────────────────────────────────
function toggle(model, trait, label, undo) {
  const made = button(label, () => {
    model.set(trait, !model.get(trait));
    model.save_changes();
  });
  const show = () => made.setAttribute("aria-pressed", String(model.get(trait)));
  show();
  listen(model, `change:${trait}`, show, undo);
  return made;
}

function speedChoice(model, undo) {
  const options = SPEEDS.map((speed) => element("option", { value: speed }, `× ${speed}`));
  const choice = element("select", { class: "sl-select", "aria-label": "Speed" }, ...options);
  const show = () => (choice.value = String(model.get("speed")));
  choice.addEventListener("change", () => {
    model.set("speed", Number(choice.value));
    model.save_changes();
  });
  show();
  listen(model, "change:speed", show, undo);
  return choice;
}

function viewChoice(model, undo) {
  const options = [["lines", "all lines"], ["section", "this section"]];
  const choice = element("select", { class: "sl-select", "aria-label": "Lyrics view" });
  choice.append(...options.map(([value, text]) => element("option", { value }, text)));
  const show = () => (choice.value = model.get("view"));
  choice.addEventListener("change", () => {
    model.set("view", choice.value);
    model.save_changes();
  });
  show();
  listen(model, "change:view", show, undo);
  return choice;
}

function layerSwitches(model, undo) {
  const group = element("div", { class: "sl-layers", role: "group", "aria-label": "Layers" });
  for (const { name } of model.get("layers")) {
    const made = button(name, () => {
      const active = new Set(model.get("active_layers"));
      if (!active.delete(name)) active.add(name);
      model.set("active_layers", model.get("layers").map((layer) => layer.name).filter((n) => active.has(n)));
      model.save_changes();
    }, { dir: "auto" });
    const show = () => made.setAttribute("aria-pressed", String(model.get("active_layers").includes(name)));
    show();
    listen(model, "change:active_layers", show, undo);
    group.append(made);
  }
  return group;
}

function renderPlayer({ model, el }) {
  const undo = [];
  const view = {};
  const lead = () => LEADERS.set(model, view);
  const leads = () => (LEADERS.get(model) ?? view) === view;
  lead();
  const deck = makeDeck(model);
  const length = () => model.get("duration_s") || deck.duration || 0;

  // parts
  const label = `Player: ${model.get("title")}`;
  const root = element("div", { class: "sl-widget sl-player", role: "group", "aria-label": label, "data-lm-suppress-shortcuts": "true" });
  const title = element("strong", { class: "sl-title tex2jax_ignore mathjax_ignore", dir: "auto" }, model.get("title"));
  const about = element("span", { class: "sl-about tex2jax_ignore mathjax_ignore", dir: "auto" }, model.get("subtitle"));
  const note = model.get("note") ? element("span", { class: "sl-note" }, model.get("note")) : null;
  const finding = element("p", { class: "sl-finding tex2jax_ignore mathjax_ignore", role: "status", dir: "auto" });
  const wave = element("canvas", { class: "sl-wave", "aria-hidden": "true" });
  const spectrogram = element("canvas", { class: "sl-spectrogram", "aria-hidden": "true" });
  const selected = element("div", { class: "sl-selection", hidden: true });
  const playhead = element("div", { class: "sl-playhead" });
  const stage = element("div", {
    class: "sl-stage", role: "slider", tabindex: 0, "aria-label": "Position", "aria-valuemin": 0,
    title: "click: go there · drag: select · arrows: 5 s · space: play",
  }, wave, spectrogram, selected, playhead);
  const playOrPause = () => (deck.playing ? deck.pause() : deck.play());
  const playButton = button(icon("play"), playOrPause, { class: "sl-button sl-play", "aria-label": "Play" });
  const time = element("span", { class: "sl-time" });
  const message = element("span", { class: "sl-message", role: "status" });
  const clear = button("clear selection", () => select([]), { hidden: true });
  const lyrics = wordPage(model, seek);

  // the model ← what happens here
  let saved_s = null;
  let saved_at = 0;
  function report(force) {
    const now = performance.now();
    if (!leads()) return;
    if (!force && now - saved_at < REPORT_EVERY_MS) return;
    saved_at = now;
    saved_s = Math.round(deck.time * 1000) / 1000;
    model.set("current_time_s", saved_s);
    model.set("playing", deck.playing);
    model.save_changes();
  }
  function seek(time_s) {
    lead();
    deck.seek(clamp(time_s, 0, length() || time_s));
    paint();
    report(true);
  }
  function select(range) {
    model.set("selection", range);
    model.save_changes();
  }

  // the screen ← the model and the deck
  function paint() {
    const total = length();
    const at = deck.time;
    playhead.style.left = `${total ? (100 * clamp(at / total, 0, 1)) : 0}%`;
    time.textContent = `${clock(at, true)} / ${clock(total)}`;
    stage.setAttribute("aria-valuemax", total.toFixed(1));
    stage.setAttribute("aria-valuenow", at.toFixed(1));
    stage.setAttribute("aria-valuetext", `${clock(at)} of ${clock(total)}`);
    lyrics.follow(at);
  }
  function paintSelection() {
    const [start, end] = model.get("selection");
    const chosen = end > start;
    deck.region = chosen ? [start, end] : null;
    selected.hidden = clear.hidden = !chosen;
    if (!chosen) return;
    selected.style.left = `${(100 * start) / (length() || 1)}%`;
    selected.style.width = `${(100 * (end - start)) / (length() || 1)}%`;
  }
  function paintStage() {
    stage.classList.toggle("sl-shows-spectrogram", model.get("show_spectrogram"));
    if (root.isConnected) drawWave(wave, model);
    if (model.get("show_spectrogram")) drawSpectrogram(spectrogram, model);
    bandSlot.replaceChildren(...(model.get("show_sections") && model.get("sections").length ? [sectionBand(model, seek)] : []));
    paintSelection();
  }
  function paintFinding() {
    finding.textContent = model.get("finding");
  }
  function paintButton() {
    playButton.replaceChildren(icon(deck.playing ? "pause" : "play"));
    playButton.setAttribute("aria-label", deck.playing ? "Pause" : "Play");
    root.classList.toggle("sl-playing", deck.playing);
  }

  let frame = 0;
  function tick() {
    deck.keepInBounds();
    paint();
    report(false);
    frame = deck.playing ? requestAnimationFrame(tick) : 0;
  }
  listen(deck, "change", ({ detail }) => {
    paintButton();
    paint();
    message.textContent = deck.waits ? "loading …" : "";
    if (["play", "pause", "seeked", "ended"].includes(detail)) report(true);
    if (deck.playing && !frame) frame = requestAnimationFrame(tick);
  }, undo);
  listen(deck, "broken", ({ detail }) => (message.textContent = detail), undo);

  // pointer and keyboard
  const timeUnder = (event) => {
    const box = stage.getBoundingClientRect();
    return clamp((event.clientX - box.left) / box.width, 0, 1) * length();
  };
  let pressed_s = null;
  listen(stage, "pointerdown", (event) => {
    if (event.button) return;
    pressed_s = timeUnder(event);
    stage.setPointerCapture(event.pointerId);
  }, undo);
  listen(stage, "pointermove", (event) => {
    if (pressed_s === null) return;
    const range = [pressed_s, timeUnder(event)].sort((a, b) => a - b).map((s) => Math.round(s * 1000) / 1000);
    if (range[1] - range[0] > length() / 200) model.set("selection", range);
  }, undo);
  listen(stage, "pointerup", (event) => {
    if (pressed_s === null) return;
    const dragged = Math.abs(timeUnder(event) - pressed_s) > length() / 200;
    if (dragged) seek(model.get("selection")[0]);
    else seek(pressed_s);
    pressed_s = null;
  }, undo);
  listen(stage, "pointercancel", () => (pressed_s = null), undo);
  listen(root, "keydown", (event) => {
    if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    const onStage = event.composedPath()[0] === stage;
    const moves = { ArrowLeft: deck.time - 5, ArrowRight: deck.time + 5, Home: 0, End: length() };
    if (event.key === " " && onStage) playOrPause();
    else if (event.key === "Escape" && model.get("selection").length) select([]);
    else if (event.key in moves && onStage) seek(moves[event.key]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, undo);

  // Python's wishes
  listen(model, "change:current_time_s", () => {
    const wanted = model.get("current_time_s");
    if (wanted !== saved_s && Math.abs(wanted - deck.time) > 0.02) {
      saved_s = wanted;
      deck.seek(wanted);
      paint();
    }
  }, undo);
  listen(model, "change:playing", () => {
    const wanted = model.get("playing");
    if (wanted === deck.playing || !leads()) return;
    wanted ? deck.play() : deck.pause();
  }, undo);
  for (const touch of ["pointerdown", "keydown"]) root.addEventListener(touch, lead, true);
  const applyDeckSettings = () => {
    deck.loop = model.get("loop");
    deck.setRate(model.get("speed"));
    deck.setVolume(model.get("volume"));
    if (deck instanceof BufferDeck) deck.setAudible(model.get("active_layers"));
  };
  for (const trait of ["loop", "speed", "volume", "active_layers"]) listen(model, `change:${trait}`, applyDeckSettings, undo);
  listen(model, "change:selection", paintSelection, undo);
  for (const trait of ["show_beats", "show_sections", "show_spectrogram", "spectrogram", "peaks", "beats_s", "sections"])
    listen(model, `change:${trait}`, paintStage, undo);
  listen(model, "change:duration_s", () => {
    paintStage();
    paint();
  }, undo);
  listen(model, "change:finding", paintFinding, undo);
  listen(model, "change:view", lyrics.showSection, undo);
  const reload = () => {
    if (deck instanceof ElementDeck)
      deck.load({ bytes: model.get("audio"), mime: model.get("mime"), address: model.get("audio_url") });
  };
  for (const trait of ["audio", "audio_url"]) listen(model, `change:${trait}`, reload, undo);

  // together
  const bandSlot = element("div", { class: "sl-band" });
  const controls = element("div", { class: "sl-controls" }, playButton, time, toggle(model, "loop", "loop", undo), speedChoice(model, undo));
  if (model.get("has_spectrogram")) controls.append(toggle(model, "show_spectrogram", "spectrogram", undo));
  if (model.get("beats_s").length) controls.append(toggle(model, "show_beats", "beats", undo));
  if (model.get("sections").length) controls.append(toggle(model, "show_sections", "sections", undo));
  if (model.get("words").length) controls.append(viewChoice(model, undo));
  if (model.get("layers").length) controls.append(layerSwitches(model, undo));
  controls.append(clear, message);
  root.append(element("div", { class: "sl-head" }, title, about, note), finding, bandSlot, stage, controls);
  if (model.get("words").length) root.append(lyrics.page);
  else if (model.get("lyrics")) root.append(untimedLyrics(model.get("lyrics")));
  el.append(root);

  applyDeckSettings();
  if (model.get("current_time_s")) deck.seek(model.get("current_time_s"));
  paintStage();
  paintFinding();
  paint();
  const resized = new ResizeObserver(() => drawWave(wave, model));
  resized.observe(stage);

  return () => {
    resized.disconnect();
    cancelAnimationFrame(frame);
    undo.forEach((back) => back());
    deck.dispose();
    if (leads()) LEADERS.delete(model);
    root.remove();
  };
}
