// Labels by ear: tap the tempo, hold the key against a drone, move words and sections to where they are heard.

const TAPS_FORGOTTEN_MS = 3000;
const TAPS_KEPT_N = 16;
const DRONE_LEVEL = 0.08;
const C3_HZ = 130.8128;
const NUDGE_S = 0.01;
const LEAP_S = 0.1;
const SPANS_S = [5, 10, 30];
const TEMPO_LIMITS_BPM = [20, 400];
const UNSAVED_AFTER_MS = 4000;
const UNSAVED = "Not saved yet: the notebook does not answer. While a cell is running, wait until it is done; after a restart of the kernel, run the cell of this widget again.";

/** Beats a minute of taps: 60 over the median gap, or null for fewer than three. */
function tappedTempo(taps_ms) {
  if (taps_ms.length < 3) return null;
  const gaps = taps_ms.slice(1).map((tap, i) => tap - taps_ms[i]).sort((a, b) => a - b);
  const middle = gaps.length >> 1;
  const gap = gaps.length % 2 ? gaps[middle] : (gaps[middle - 1] + gaps[middle]) / 2;
  return Math.round(600000 / gap) / 10;
}

/** A root and its fifth, held until told otherwise. */
class Drone {
  constructor(context) {
    this.context = context;
    this.voices = [];
  }
  get sounding() {
    return this.voices.length > 0;
  }
  start(step) {
    this.stop();
    const gain = this.context.createGain();
    gain.gain.value = DRONE_LEVEL;
    gain.connect(this.context.destination);
    this.voices = [1, 2, 3].map((partial) => {
      const voice = this.context.createOscillator();
      voice.type = "triangle";
      voice.frequency.value = (C3_HZ * 2 ** (step / 12) * partial);
      voice.connect(gain);
      voice.start();
      return voice;
    });
    this.context.resume();
  }
  stop() {
    for (const voice of this.voices) voice.stop();
    this.voices = [];
  }
}

/** Words and sections over the waveform: what can be dragged, nudged and put at the playhead. */
class Lane {
  constructor({ model, deck, answers, changed }) {
    Object.assign(this, { model, deck, answers, changed, span_s: 10, from_s: 0, current: null });
    this.canvas = element("canvas", { onpointerdown: (event) => this.deck.seek(this.timeAt(event)) });
    this.playhead = element("div", { class: "sl-playhead" });
    this.marks = element("div", {});
    this.el = element("div", { class: "sl-lane", role: "group", "aria-label": "Words and sections in time" }, this.canvas, this.marks, this.playhead);
  }
  get duration_s() {
    return this.model.get("duration_s");
  }
  get to_s() {
    return this.from_s + this.span_s;
  }
  timeAt(event) {
    const box = this.el.getBoundingClientRect();
    return clamp(this.from_s + ((event.clientX - box.left) / box.width) * this.span_s, 0, this.duration_s);
  }
  place(time_s) {
    return `${((time_s - this.from_s) / this.span_s) * 100}%`;
  }
  /** Turns the page when the playhead leaves it; `force` redraws in any case. */
  follow(force = false) {
    const time_s = this.deck.time;
    const outside = time_s < this.from_s || time_s >= this.to_s;
    if (outside) this.from_s = clamp(Math.floor(time_s / this.span_s) * this.span_s, 0, Math.max(0, this.duration_s));
    if (outside || force) this.paint();
    this.playhead.style.left = this.place(time_s);
  }
  paint() {
    this.drawWave();
    const words = this.answers.words.map((item) => ({ item, kind: "word", name: item.word }));
    const sections = this.answers.sections.map((item) => ({ item, kind: "section", name: item.label }));
    const shown = [...words, ...sections].filter(({ item }) => item.start_s >= this.from_s && item.start_s < this.to_s);
    const focused = this.current;
    this.marks.replaceChildren(...shown.flatMap((mark) => this.mark(mark)));
    if (focused && this.hadFocus) this.marks.querySelector("[aria-current]")?.focus();
    this.hadFocus = false;
  }
  mark({ item, kind, name }) {
    const made = element("button", {
      type: "button", class: "sl-mark", role: "slider", "data-kind": kind, dir: "auto", "aria-label": `${name}: start of the ${kind}`,
      "data-unheard": kind === "word" && !item.heard, "aria-valuemin": 0, "aria-valuemax": this.duration_s, "aria-valuenow": item.start_s.toFixed(3),
      "aria-valuetext": `${item.start_s.toFixed(2)} s${kind === "word" && !item.heard ? ", not confirmed" : ""}`,
      "aria-current": item === this.current ? "true" : null,
      onpointerdown: (event) => this.drag(event, item), onkeydown: (event) => this.nudge(event, item), onfocus: () => this.choose(item, made),
    }, name);
    const stem = element("div", { class: "sl-stem" });
    made.style.left = stem.style.left = this.place(item.start_s);
    return [stem, made];
  }
  choose(item, made) {
    this.current = item;
    for (const other of this.marks.querySelectorAll("[aria-current]")) other.removeAttribute("aria-current");
    made.setAttribute("aria-current", "true");
  }
  move(item, start_s) {
    const moved_s = clamp(start_s, 0, this.duration_s);
    if (item.end_s !== undefined) item.end_s = clamp(Math.max(item.end_s + moved_s - item.start_s, moved_s), 0, this.duration_s);
    item.start_s = Math.round(moved_s * 1000) / 1000;
    this.current = item;
    this.changed(item);
  }
  drag(event, item) {
    event.preventDefault();
    this.current = item;
    this.el.setPointerCapture(event.pointerId);
    const follow = (moved) => (this.move(item, this.timeAt(moved)), this.paint());
    const drop = () => {
      this.el.removeEventListener("pointermove", follow);
      this.hadFocus = true;
      this.paint();
    };
    this.el.addEventListener("pointermove", follow);
    this.el.addEventListener("pointerup", drop, { once: true });
  }
  nudge(event, item) {
    const step_s = event.shiftKey ? LEAP_S : NUDGE_S;
    const way = { ArrowLeft: -step_s, ArrowRight: step_s }[event.key];
    if (way) this.move(item, item.start_s + way);
    else if (event.key === "Enter") this.move(item, this.deck.time);
    else if (event.key === "Delete" && this.answers.sections.includes(item)) {
      this.answers.sections.splice(this.answers.sections.indexOf(item), 1);
      this.current = null;
      this.changed(item);
    } else return;
    event.preventDefault();
    event.stopPropagation();
    this.hadFocus = true;
    this.paint();
  }
  drawWave() {
    const { context, width, height } = sharpContext(this.canvas);
    const pairs = (this.pairs ??= typed(this.model.get("peaks"), Float32Array));
    const count = pairs.length / 2;
    const top = Math.max(1e-3, pairs.reduce((most, value) => Math.max(most, Math.abs(value)), 0));
    context.clearRect(0, 0, width, height);
    context.fillStyle = getComputedStyle(this.canvas).getPropertyValue("--sl-wave");
    for (let x = 0; x < width; x += 1) {
      const at = (edge) => Math.floor(((this.from_s + (edge / width) * this.span_s) / this.duration_s) * count);
      let [low, high] = [0, 0];
      for (let i = at(x); i < Math.max(at(x + 1), at(x) + 1) && i < count; i += 1) {
        low = Math.min(low, pairs[2 * i]);
        high = Math.max(high, pairs[2 * i + 1]);
      }
      context.fillRect(x, height / 2 - (high / top) * (height / 2 - 28), 1, Math.max(1, ((high - low) / top) * (height / 2 - 28)));
    }
  }
}

let annotation_groups_n = 0;

/** One of several words, or none yet. */
function oneOf(legend, options, value, onchoose) {
  const name = `sl-annotation-${(annotation_groups_n += 1)}`;
  const boxes = options.map((option) => {
    const box = element("input", { type: "radio", name, onchange: () => onchoose(option) });
    box.checked = option === value;
    return element("label", { class: "sl-option" }, box, option);
  });
  return element("fieldset", {}, element("legend", {}, legend), element("div", { class: "sl-row" }, ...boxes));
}

function renderAnnotation({ model, el }) {
  const undo = [];
  const line = new SoundLine(model, undo);
  const title = element("h2", { tabindex: -1 });
  const status = element("span", { class: "sl-about", role: "status" });
  const note = model.get("note") ? element("span", { class: "sl-note" }, model.get("note")) : null;
  const body = element("div", {});
  const root = element("div", { class: "sl-widget sl-annotation tex2jax_ignore mathjax_ignore", role: "group", "aria-label": "Annotate", tabindex: -1, "data-lm-suppress-shortcuts": "true" },
    element("div", { class: "sl-head" }, title, note), body);
  const deck = new BufferDeck((sound) => line.fetch(sound), { keep_n: 2 });
  const drone = new Drone(deck.context);
  let shown = null;

  function show() {
    drone.stop();
    deck.pause();
    deck.setAudible([]);
    deck.seek(0);
    status.textContent = saving.textContent = "";
    shown = clipPage();
    title.textContent = `Clip ${model.get("number") + 1} of ${model.get("count")}`;
    body.replaceChildren(...shown.body);
    shown.lane.follow(true);
  }
  function send(type, number, about = {}) {
    model.send({ type, number, ...about });
  }

  function clipPage() {
    const number = model.get("number");
    const kept = model.get("answers");
    const choices = model.get("choices");
    const answers = structuredClone({ ...kept, words: kept.words ?? [], sections: kept.sections ?? [] });
    const set = (name) => (value) => (answers[name] = value);

    // ── hearing ──
    const playButton = button(icon("play"), () => toggle(), { class: "sl-button sl-play", "aria-label": "Play" });
    const time = element("span", { class: "sl-time" });
    const slider = element("input", { type: "range", class: "sl-position", min: 0, max: 1, step: "any", value: 0, "aria-label": "Position", oninput: () => deck.seek(Number(slider.value) * model.get("duration_s")) });
    async function toggle() {
      if (deck.playing) return deck.pause();
      if (!deck.audible.length) {
        status.textContent = "loading …";
        await deck.setAudible([String(number)]);
        status.textContent = "";
      }
      await deck.play();
    }
    const span = element("select", { class: "sl-select", "aria-label": "How much is shown", onchange: () => { lane.span_s = Number(span.value); lane.from_s = 0; lane.follow(true); } },
      ...SPANS_S.map((s) => element("option", { value: s }, `${s} s`)), element("option", { value: model.get("duration_s") }, "all"));
    span.value = "10";

    // ── tempo ──
    const bpm = element("input", { type: "number", class: "sl-input sl-number", min: TEMPO_LIMITS_BPM[0], max: TEMPO_LIMITS_BPM[1], step: 0.1, "aria-label": "Beats a minute", oninput: () => takeTempo(bpm.value === "" ? null : Number(bpm.value)) });
    const limits = element("span", { class: "sl-message", role: "status" });
    bpm.value = kept.tempo_bpm ?? "";
    let taps_ms = [];
    function tap() {
      const now = performance.now();
      if (taps_ms.length && now - taps_ms[taps_ms.length - 1] > TAPS_FORGOTTEN_MS) taps_ms = [];
      taps_ms = [...taps_ms, now].slice(-TAPS_KEPT_N);
      const found = tappedTempo(taps_ms);
      status.textContent = found === null ? `${taps_ms.length} taps` : "";
      if (found !== null) setTempo(found);
    }
    function takeTempo(value) {
      answers.tempo_bpm = value;
      const kept = value === null || (value >= TEMPO_LIMITS_BPM[0] && value <= TEMPO_LIMITS_BPM[1]);
      limits.textContent = kept ? "" : `only ${TEMPO_LIMITS_BPM.join(" to ")} is kept`;
    }
    function setTempo(value) {
      bpm.value = String(Math.round(value * 10) / 10);
      takeTempo(Number(bpm.value));
    }
    const scaleTempo = (factor) => () => answers.tempo_bpm && setTempo(answers.tempo_bpm * factor);
    const tempo = element("fieldset", {}, element("legend", {}, "Tempo"), element("div", { class: "sl-row" },
      button("Tap (t)", tap, { "aria-keyshortcuts": "t" }), bpm, "beats a minute", button("× 2", scaleTempo(2), { "aria-label": "Double" }), button("÷ 2", scaleTempo(0.5), { "aria-label": "Halve" }), limits));

    // ── key ──
    const [tonic, mode] = (kept.musical_key ?? "").split(" ");
    const tonics = element("select", { class: "sl-select", "aria-label": "Tonic", onchange: () => setKey() }, element("option", { value: "" }, "–"), element("option", { value: "none" }, "no clear key"), ...choices.tonics.map((name) => element("option", { value: name }, name)));
    const modes = element("select", { class: "sl-select", "aria-label": "Mode", onchange: () => setKey() }, ...["major", "minor"].map((name) => element("option", {}, name)));
    tonics.value = tonic ?? "";
    modes.value = mode ?? "major";
    const step = () => choices.tonics.indexOf(tonics.value);
    const droneButton = button("Drone (d)", () => toggleDrone(), { "aria-pressed": "false", "aria-keyshortcuts": "d" });
    function setKey() {
      answers.musical_key = tonics.value === "" ? null : tonics.value === "none" ? "none" : `${tonics.value} ${modes.value}`;
      if (drone.sounding && step() >= 0) drone.start(step());
    }
    function toggleDrone() {
      if (drone.sounding) drone.stop();
      else drone.start(Math.max(step(), 0));
      if (step() < 0 && drone.sounding) {
        tonics.value = choices.tonics[0];
        setKey();
      }
      droneButton.setAttribute("aria-pressed", String(drone.sounding));
    }
    const key = element("fieldset", {}, element("legend", {}, "Key"), element("div", { class: "sl-row" }, tonics, modes, droneButton, element("span", { class: "sl-about" }, "the drone holds the tonic: change it until it rests")));

    // ── voice and instruments ──
    const heard = new Set(kept.instruments ?? []);
    const boxes = choices.instruments.map((name) => {
      const box = element("input", { type: "checkbox", onchange: () => { heard[box.checked ? "add" : "delete"](name); answers.instruments = [...heard]; if (box.checked) none.checked = false; } });
      box.checked = heard.has(name);
      return element("label", { class: "sl-option" }, box, name);
    });
    const none = element("input", { type: "checkbox", onchange: () => { if (!none.checked) return (answers.instruments = null); heard.clear(); answers.instruments = []; for (const box of boxes) box.firstChild.checked = false; } });
    none.checked = kept.instruments?.length === 0;
    const instruments = element("fieldset", {}, element("legend", {}, "Instruments"), element("div", { class: "sl-row" }, ...boxes, element("label", { class: "sl-option" }, none, "none of these")));

    // ── time ──
    const lane = new Lane({ model, deck, answers, changed: (item) => answers.words.includes(item) && (item.heard = true) });
    const label = element("select", { class: "sl-select", "aria-label": "Kind of section" }, ...choices.sections.map((name) => element("option", {}, name)));
    const addSection = () => {
      const made = { label: label.value, start_s: Math.round(deck.time * 1000) / 1000 };
      answers.sections.push(made);
      lane.current = made;
      lane.follow(true);
    };
    const nextWord = () => answers.words[answers.words.indexOf(lane.current) + 1];
    function setNextWord() {
      const next = nextWord();
      if (!next) return (status.textContent = "that was the last word");
      lane.move(next, deck.time);
      lane.paint();
    }
    function confirmWord() {
      const word = answers.words.includes(lane.current) ? lane.current : answers.words[0];
      if (!word) return;
      word.heard = true;
      lane.current = word;
      lane.current = nextWord() ?? word;
      lane.follow(true);
    }
    const timed = element("fieldset", {}, element("legend", {}, "Words and sections"), lane.el, element("div", { class: "sl-row" },
      "show", span, button("Section starts here (s)", addSection, { "aria-keyshortcuts": "s" }), label,
      ...(answers.words.length ? [button("Next word starts here (w)", setNextWord, { "aria-keyshortcuts": "w" }), button("The word is right (r)", confirmWord, { "aria-keyshortcuts": "r" })] : [])),
      element("p", { class: "sl-about" }, "Drag a mark, or choose it and press ← → (10 ms), with Shift 100 ms, Enter: to the playhead, Delete: away with a section. Only words that were set or confirmed are kept; the others are dashed."));

    // ── saving ──
    function save(step) {
      saving.textContent = "saving …";
      clearTimeout(late);
      late = setTimeout(() => (saving.textContent = UNSAVED), UNSAVED_AFTER_MS);
      send("save", number, { answers });
      const next = number + step;
      if (next >= 0 && next < model.get("count") && step) send("show", next);
    }
    const foot = element("div", { class: "sl-foot" },
      button("Save and back", () => save(-1), { class: "sl-button", disabled: number === 0 }),
      button("Save", () => save(0)),
      button("Save and next", () => save(1), { class: "sl-button sl-primary", disabled: number + 1 >= model.get("count") }),
      saving, doneText);
    paintDone();
    return {
      lane,
      keys: { t: tap, d: toggleDrone, s: addSection, w: setNextWord, r: confirmWord, " ": toggle },
      paint() {
        time.textContent = `${clock(deck.time, true)} / ${clock(model.get("duration_s"))}`;
        slider.value = deck.time / (model.get("duration_s") || 1);
        slider.setAttribute("aria-valuetext", `${clock(deck.time)} of ${clock(model.get("duration_s"))}`);
        playButton.replaceChildren(icon(deck.playing ? "pause" : "play"));
        playButton.setAttribute("aria-label", deck.playing ? "Pause" : "Play");
      },
      body: [
        element("div", { class: "sl-controls" }, playButton, time, slider, status), tempo, key,
        oneOf("Is there singing?", choices.vocals, kept.vocals, set("vocals")),
        oneOf("Who sings?", choices.genders, kept.vocal_gender, set("vocal_gender")),
        instruments, timed, foot,
      ],
    };
  }
  const doneText = element("span", { class: "sl-about" });
  const saving = element("span", { class: "sl-about", role: "status" });
  let late = 0;
  function paintDone() {
    doneText.textContent = `${model.get("done").length} of ${model.get("count")} labelled`;
  }

  let frame = 0;
  function tick() {
    deck.keepInBounds();
    shown.lane.follow();
    shown.paint();
    frame = deck.playing ? requestAnimationFrame(tick) : 0;
  }
  listen(deck, "change", () => {
    if (shown && !frame) frame = requestAnimationFrame(tick);
  }, undo);
  listen(deck, "broken", ({ detail }) => (status.textContent = detail), undo);
  listen(root, "keydown", (event) => {
    const target = event.composedPath()[0];
    if (["SELECT", "TEXTAREA"].includes(target.tagName) || target.type === "number" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " " && target.matches("button, input")) return;
    const act = shown.keys[event.key.toLowerCase()];
    if (!act) return;
    act();
    event.preventDefault();
    event.stopPropagation();
  }, undo);
  listen(model, "change:answers", show, undo);
  listen(model, "change:done", paintDone, undo);
  listen(model, "msg:custom", ({ type, number }) => {
    if (type !== "saved") return;
    clearTimeout(late);
    saving.textContent = number === model.get("number") ? "saved" : "";
  }, undo);
  listen(window, "resize", () => shown.lane.paint(), undo);

  el.append(root);
  show();
  shown.paint();
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(late);
    drone.stop();
    undo.forEach((back) => back());
    deck.dispose();
    root.remove();
  };
}
