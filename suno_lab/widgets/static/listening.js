// A listening test, page by page. Its state is nothing but the list of what happened: whoever has the list can go on.

const HEARD_EVERY_MS = 100;
const LONGEST_STEP_S = 1.5;
const TONE_HZ = 200;
const TONE_S = 1;
const TONE_GAP_S = 0.5;
const TONE_RAMP_S = 0.1;
const TONE_LEVEL = 0.25;

/** One listener's way through the pages. `keep(event)` puts what happened where it survives. */
class Sitting {
  constructor({ test, past, keep, now = () => Date.now() }) {
    Object.assign(this, { test, keep, now, events: [...past] });
  }

  log(type, about = {}) {
    const event = { type, at_ms: this.now(), ...about };
    this.events.push(event);
    this.keep(event);
  }

  ofPage(page, type) {
    return this.events.filter((event) => event.page === page && event.type === type);
  }

  /** Whether the last word on taking part was no. */
  get declined() {
    return this.events.filter(({ type }) => type === "declined" || type === "reconsidered").at(-1)?.type === "declined";
  }

  get answered() {
    return new Set(this.events.filter((event) => event.type === "done").map((event) => event.page));
  }

  /** The first page without an answer; after a refusal, and when all is answered, the last. */
  get page() {
    const { pages } = this.test;
    const last = pages[pages.length - 1];
    if (this.declined) return last;
    const answered = this.answered;
    return pages.find((page) => !answered.has(page.page)) ?? last;
  }

  /** Answers given so far on a page that is not done: question → value, or question → sound → value. */
  draft(page) {
    const answers = {};
    for (const { question, value, sound } of this.ofPage(page, "choose")) {
      if (sound === undefined) answers[question] = value;
      else (answers[question] ??= {})[sound] = value;
    }
    return answers;
  }

  /** The comment so far on a page that is not done. */
  comment(page) {
    return this.ofPage(page, "comment").at(-1)?.text ?? "";
  }

  /** Seconds of listening so far: sound → seconds. */
  heard(page) {
    const heard_s = {};
    for (const { sound, s } of this.ofPage(page, "heard")) heard_s[sound] = (heard_s[sound] ?? 0) + s;
    return heard_s;
  }

  took_s(page) {
    const [first] = this.ofPage(page, "shown");
    return first ? (this.now() - first.at_ms) / 1000 : 0;
  }
}

/** Counts how long each piece was really heard. */
class Ear {
  constructor({ deck, heard_s, log }) {
    Object.assign(this, { deck, heard_s, log, fresh_s: 0, sound: null, before_ms: performance.now() });
  }

  listen() {
    const now_ms = performance.now();
    const step_s = Math.min((now_ms - this.before_ms) / 1000, LONGEST_STEP_S);
    this.before_ms = now_ms;
    const [sound] = this.deck.playing ? this.deck.audible : [];
    if (sound !== this.sound) this.flush();
    this.sound = sound ?? null;
    if (!sound) return;
    this.heard_s[sound] = (this.heard_s[sound] ?? 0) + step_s;
    this.fresh_s += step_s;
  }

  flush() {
    if (this.sound && this.fresh_s > 0) this.log("heard", { sound: this.sound, s: Math.round(this.fresh_s * 1000) / 1000 });
    this.fresh_s = 0;
  }
}

const paragraphs = (lines) => lines.map((line) => element("p", { dir: "auto" }, line));
const isWriting = (event) => {
  const target = event.composedPath()[0];
  return ["TEXTAREA", "SELECT"].includes(target.tagName) || (target.tagName === "INPUT" && ["text", "search", "number"].includes(target.type));
};

// ── answers ───────────────────────────────────────────────────────────────────────────────────────────────────────────
let groups_n = 0;

/** One of several words. */
function choiceField({ text, options }, value, onchoose) {
  const name = `sl-choice-${(groups_n += 1)}`;
  const boxes = options.map(([key, label]) => {
    const box = element("input", { type: "radio", name, value: key, onchange: () => onchoose(key) });
    box.checked = key === value;
    return element("label", { class: "sl-option" }, box, element("span", { dir: "auto" }, label));
  });
  return element("fieldset", { class: "sl-question" }, element("legend", { dir: "auto" }, text), element("div", { class: "sl-options" }, ...boxes));
}

/** A place on a scale from 0 to 100 for each piece; untouched ones say so. */
function scaleField({ text, words }, pieces, values, onchoose) {
  const rows = pieces.flatMap(({ name, sound }) => {
    const given = values?.[sound];
    const shown = element("output", {}, given === undefined ? "–" : String(given));
    const take = () => {
      const value = Number(slider.value);
      slider.dataset.given = "yes";
      shown.textContent = String(value);
      onchoose(value, sound);
    };
    const slider = element("input", {
      type: "range", min: 0, max: 100, step: 1, value: given ?? 50, "aria-label": `${text} ${name}`,
      "data-given": given === undefined ? "no" : "yes", onchange: take, onpointerup: () => slider.dataset.given === "no" && take(),
      oninput: () => (shown.textContent = slider.value), onkeydown: ({ key }) => key === "Enter" && take(),
    });
    return [element("span", { class: "sl-scale-name" }, name), slider, shown];
  });
  const scale = element("div", { class: "sl-scale" }, element("span", { class: "sl-scale-words", "aria-hidden": "true" }, ...words.map((word) => element("span", {}, word))), ...rows);
  return element("fieldset", { class: "sl-question" }, element("legend", { dir: "auto" }, text), scale);
}

/** What a question still wants, in words; nothing where it is answered. */
function openPart({ name, kind, text }, pieces, answers) {
  if (kind !== "slider") return answers[name] === undefined ? `Open: ${text}` : "";
  const left = pieces.filter(({ sound }) => answers[name]?.[sound] === undefined);
  return left.length ? `Give ${left.map((piece) => piece.name).join(", ")} a place: ${text}` : "";
}

// ── pages ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
// Each gets { page, sitting, deck, go } and gives { body, key?, undo? }; `go(about)` ends the page.

function consentPage({ page, sitting, go }) {
  const begin = button("Begin", () => go({ answers: { consent: "yes" } }), { class: "sl-button sl-primary", disabled: true });
  const why = element("span", { class: "sl-about" }, "tick the box to begin");
  const agree = element("input", { type: "checkbox", onchange: () => ((why.hidden = agree.checked), (begin.disabled = !agree.checked)) });
  const decline = button("I would rather not take part", () => (sitting.log("declined", { page: page.page }), go(null)));
  const label = element("label", { class: "sl-option" }, agree, "I have read this and want to take part");
  return { body: [...paragraphs(page.lines), label, element("div", { class: "sl-foot" }, begin, why, decline)] };
}

function textPage({ page, go }) {
  return { body: [...paragraphs(page.lines), element("div", { class: "sl-foot" }, button("Go on", () => go({}), { class: "sl-button sl-primary" }))] };
}

function headphonesPage({ page, deck, sitting, go }) {
  const chosen = page.orders.map((_, i) => sitting.draft(page.page)[String(i)]);
  const round = () => chosen.findIndex((value) => value === undefined);
  const say = element("p", { role: "status" });
  const why = element("span", { class: "sl-about" }, "play them first");
  let silence = () => {};
  const play = button("Play the three tones", () => {
    silence();
    silence = playTones(deck.context, page.orders[round()]);
    for (const option of options) option.disabled = false;
    why.hidden = true;
  }, { class: "sl-button sl-primary" });
  const options = ["the first", "the second", "the third"].map((label, i) => button(label, () => choose(i)));
  function choose(i) {
    const at = round();
    silence();
    chosen[at] = i;
    sitting.log("choose", { page: page.page, question: String(at), value: i });
    paint();
  }
  function paint() {
    if (round() < 0) return finish();
    say.textContent = `${round() + 1} of ${page.orders.length}: which one was the quietest?`;
    for (const option of options) option.disabled = true;
    why.hidden = false;
    play.focus();
  }
  function finish() {
    const right_n = page.orders.filter((order, i) => order[chosen[i]] === "quiet").length;
    go({ answers: { right_n, of_n: page.orders.length } });
  }
  const skip = button("I have no headphones", () => go({ answers: { right_n: 0, of_n: page.orders.length, skipped: true } }));
  queueMicrotask(paint);
  const row = element("div", { class: "sl-options", role: "group", "aria-label": "The quietest tone" }, ...options, why);
  return { body: [...paragraphs(page.lines), say, element("div", { class: "sl-foot" }, play), row, element("div", { class: "sl-foot" }, skip)], undo: () => silence() };
}

/** Three tones: one plain, one 6 dB quieter, one with the channels against each other. Returns how to stop them. */
function playTones(context, order) {
  const n = Math.round(context.sampleRate * TONE_S);
  const sources = order.map((kind, i) => {
    const buffer = context.createBuffer(2, n, context.sampleRate);
    for (const channel of [0, 1]) {
      const level = TONE_LEVEL * (kind === "quiet" ? 0.5 : 1) * (kind === "antiphase" && channel ? -1 : 1);
      const samples = buffer.getChannelData(channel);
      for (let k = 0; k < n; k += 1) {
        const edge_s = Math.min(k, n - 1 - k) / context.sampleRate;
        samples[k] = level * Math.min(1, edge_s / TONE_RAMP_S) * Math.sin((2 * Math.PI * TONE_HZ * k) / context.sampleRate);
      }
    }
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(context.destination);
    source.start(context.currentTime + 0.1 + i * (TONE_S + TONE_GAP_S));
    return source;
  });
  context.resume();
  return () => sources.forEach((source) => source.stop());
}

function questionnairePage({ page, sitting, go }) {
  const answers = sitting.draft(page.page);
  const choose = (question) => (value) => {
    answers[question] = value;
    sitting.log("choose", { page: page.page, question, value });
  };
  const fields = page.fields.map(({ name, text, options }) => {
    if (options.length) return choiceField({ text, options: options.map((option) => [option, option]) }, answers[name], choose(name));
    const box = element("textarea", { class: "sl-input sl-free", rows: 2, maxlength: 2000, dir: "auto", onchange: () => choose(name)(box.value) });
    box.value = answers[name] ?? "";
    return element("label", { class: "sl-question" }, element("strong", {}, text), box);
  });
  const foot = element("div", { class: "sl-foot" }, button("Finish", () => go({ answers }), { class: "sl-button sl-primary" }), element("span", { class: "sl-about" }, "every line may stay empty"));
  return { body: [...fields, foot] };
}

function trialPage({ page, sitting, deck, go }) {
  const { pieces, questions } = page;
  const judged = pieces.filter(({ name }) => name !== "Reference" && name !== "X");
  const least_s = () => Math.min(sitting.test.least_heard_s, deck.duration ? deck.duration - 0.2 : Infinity);
  const answers = sitting.draft(page.page);
  const log = (type, about) => sitting.log(type, { page: page.page, ...about });
  const ear = new Ear({ deck, heard_s: sitting.heard(page.page), log });
  const heard = (sound) => ear.heard_s[sound] ?? 0;
  const enough = new Set();

  const playButton = button(icon("play"), () => toggle(), { class: "sl-button sl-play", "aria-label": "Play" });
  const time = element("span", { class: "sl-time" });
  const slider = element("input", {
    type: "range", class: "sl-position", min: 0, max: 1, step: 0.001, value: 0, "aria-label": "Position",
    oninput: () => deck.seek(Number(slider.value) * deck.duration), onchange: () => log("seek", { to_s: Math.round(deck.time * 100) / 100 }),
  });
  const broken = element("span", { class: "sl-message", role: "status" });
  const loading = element("span", { class: "sl-about" });
  const first = element("p", { class: "sl-about" }, `The questions open once ${pieces.length > 1 ? "every piece" : "the piece"} was heard for ${sitting.test.least_heard_s} s.`);
  const buttons = new Map(pieces.map(({ name, sound }) => {
    const key = name[0].toLowerCase();
    const count = element("span", { class: "sl-piece-heard" });
    const made = element("button", { type: "button", class: "sl-piece", "aria-pressed": "false", "aria-keyshortcuts": key, onclick: () => hear(sound) },
      element("span", { class: "sl-piece-name" }, name), count);
    return [sound, { made, count, key }];
  }));
  const fields = questions.map((question) => question.kind === "slider"
    ? scaleField(question, judged, answers[question.name], (value, sound) => choose(question.name, value, sound))
    : choiceField(question, answers[question.name], (value) => choose(question.name, value)));
  const comment = element("textarea", { class: "sl-input sl-free", rows: 1, maxlength: 2000, dir: "auto", onchange: () => keepComment() });
  let keptComment = sitting.comment(page.page);
  comment.value = keptComment;
  const missing = element("span", { class: "sl-about", role: "status", id: `sl-missing-${(groups_n += 1)}` });
  const next = button("Next", () => finish(), { class: "sl-button sl-primary", disabled: true, "aria-describedby": missing.id });

  function choose(question, value, sound) {
    if (sound === undefined) answers[question] = value;
    else (answers[question] ??= {})[sound] = value;
    log("choose", { question, value, ...(sound === undefined ? {} : { sound }) });
    paint();
  }
  function keepComment() {
    if (comment.value === keptComment) return;
    keptComment = comment.value;
    log("comment", { text: keptComment });
  }
  async function hear(sound) {
    ear.listen();
    ear.flush();
    log("switch", { sound });
    for (const [other, { made }] of buttons) made.setAttribute("aria-pressed", String(other === sound));
    loading.textContent = "loading …";
    await deck.setAudible([sound]);
    loading.textContent = "";
    if (!deck.playing) deck.play();
  }
  function toggle() {
    if (deck.playing) deck.pause();
    else if (deck.audible.length && buttons.has(deck.audible[0])) deck.play();
    else hear(pieces[0].sound);
  }
  function whatIsMissing() {
    const short = pieces.filter(({ sound }) => heard(sound) < least_s()).map(({ name }) => name);
    if (short.length) return `First listen to ${short.join(", ")}`;
    return questions.map((question) => openPart(question, judged, answers)).find(Boolean) ?? "";
  }
  function setText(node, text) {
    if (node.textContent !== text) node.textContent = text;
  }
  function paint() {
    const allHeard = pieces.every(({ sound }) => heard(sound) >= least_s());
    const fresh = pieces.filter(({ sound }) => heard(sound) >= least_s() && !enough.has(sound));
    for (const { sound } of fresh) enough.add(sound);
    if (fresh.length) ear.flush(); // what opens the questions is kept at once
    for (const field of fields) field.disabled = !allHeard;
    first.hidden = allHeard;
    const text = whatIsMissing();
    setText(missing, text);
    next.disabled = text !== "";
    for (const [sound, { count }] of buttons) setText(count, heard(sound) >= least_s() ? "heard" : `${Math.floor(heard(sound))} of ${sitting.test.least_heard_s} s`);
    setText(time, `${clock(deck.time, true)} / ${clock(deck.duration)}`);
    slider.value = deck.duration ? deck.time / deck.duration : 0;
    slider.setAttribute("aria-valuetext", `${clock(deck.time)} of ${clock(deck.duration)}`);
  }
  function finish() {
    deck.pause();
    ear.listen();
    ear.flush();
    const heard_s = Object.fromEntries(pieces.map(({ sound }) => [sound, Math.round(heard(sound) * 1000) / 1000]));
    go({ answers, heard_s, comment: comment.value });
  }

  const undo = [];
  listen(deck, "change", ({ detail }) => {
    if (["play", "pause", "ended"].includes(detail)) log(detail, { sound: deck.audible[0], time_s: Math.round(deck.time * 100) / 100 });
    if (detail === "play") broken.textContent = "";
    playButton.replaceChildren(icon(deck.playing ? "pause" : "play"));
    playButton.setAttribute("aria-label", deck.playing ? "Pause" : "Play");
    ear.listen();
    paint();
  }, undo);
  listen(deck, "broken", ({ detail }) => (broken.textContent = detail), undo);
  listen(window, "pagehide", () => (ear.flush(), keepComment()), undo);
  listen(document, "visibilitychange", () => log(document.hidden ? "hidden" : "visible"), undo);
  const beat = setInterval(() => {
    deck.keepInBounds();
    ear.listen();
    paint();
  }, HEARD_EVERY_MS);
  undo.push(() => clearInterval(beat), () => deck.pause(), () => ear.flush());

  function key(event) {
    const pressed = event.key.toLowerCase();
    const piece = [...buttons].find(([, about]) => about.key === pressed);
    if (piece) {
      hear(piece[0]);
      piece[1].made.focus();
    } else if (event.key === " ") toggle();
    else return false;
    return true;
  }
  paint();
  for (const { sound } of pieces) deck.buffer(sound).catch(() => {}); // what can not be fetched is said when it is chosen
  deck.setAudible([]);
  deck.loop = true;
  deck.seek(0);
  return {
    body: [
      page.prompt ? [element("p", { class: "sl-about sl-said" }, "The description:"), element("p", { class: "sl-prompt", dir: "auto" }, page.prompt)] : null,
      element("div", { class: "sl-pieces", role: "group", "aria-label": "Pieces" }, ...[...buttons.values()].map(({ made }) => made)),
      element("div", { class: "sl-controls" }, playButton, time, slider, loading, broken),
      first,
      ...fields,
      element("label", { class: "sl-question" }, element("span", { class: "sl-about" }, "Comment (may stay empty)"), comment),
      element("div", { class: "sl-foot" }, next, missing),
    ].flat(),
    key,
    undo: () => undo.forEach((back) => back()),
  };
}

/** After a refusal: that nothing is asked, and the way back. `rest` is what there is to hand in. */
function declinedPage({ sitting, go, rest }) {
  const again = button("Take part after all", () => (sitting.log("reconsidered"), go(null)));
  return { body: [...paragraphs(["You would rather not take part: nothing more is asked of you, and you can close this page."]), element("div", { class: "sl-foot" }, again), ...rest] };
}

/** What was behind the letters of some trials. */
function revealedTrials(trials) {
  return trials.map(({ prompt, pieces, answers }, i) => element("section", { class: "sl-revealed", "aria-label": `Trial ${i + 1}` },
    element("p", { class: "sl-prompt", dir: "auto" }, prompt),
    element("dl", {}, ...pieces.flatMap(({ name, was }) => [element("dt", {}, name), element("dd", { dir: "auto" }, was)])),
    ...answers.map(({ question, answer }) => element("p", { class: "sl-about" }, `Your answer (${question}): ${answer}`))));
}

function revealedPage({ reveal, page, next }) {
  const place = element("div", { role: "status" }, "loading …");
  reveal(page).then((trials) => place.replaceChildren(...revealedTrials(trials)));
  return { body: [place, element("div", { class: "sl-foot" }, button("Go on", next, { class: "sl-button sl-primary" }))] };
}

const PAGES = { consent: consentPage, text: textPage, headphones: headphonesPage, trial: trialPage, questionnaire: questionnairePage };

// ── the whole ─────────────────────────────────────────────────────────────────────────────────────────────────────────
/**
 * Shows a sitting in `el`; `last()` gives what stands on the last page, `reveal(page)` what was behind its letters (only
 * where the test tells that). Returns how to take it down.
 */
function showSitting({ sitting, fetchSound, el, last, reveal }) {
  const deck = new BufferDeck(fetchSound, { keep_n: 8 });
  const title = element("h2", { tabindex: -1, dir: "auto" });
  const progress = element("progress", { max: sitting.test.pages.length - 1, "aria-label": "Progress" });
  const body = element("div", {});
  const note = sitting.test.note ? element("span", { class: "sl-note" }, sitting.test.note) : null;
  const root = element("div", { class: "sl-widget sl-listening tex2jax_ignore mathjax_ignore", role: "group", "aria-label": "Listening test", "data-lm-suppress-shortcuts": "true" },
    element("div", { class: "sl-head" }, title, note), progress, body);
  let shown = null;

  function show(page, { focus = true } = {}) {
    shown?.undo?.();
    sitting.log("shown", { page: page.page });
    const go = (about) => {
      if (about) sitting.log("done", { page: page.page, took_s: Math.round(sitting.took_s(page.page) * 1000) / 1000, ...about });
      if (about && page.kind === "trial" && sitting.test.reveal === "vote") tell(page.page);
      else show(sitting.page);
    };
    const end = () => (sitting.declined ? declinedPage({ sitting, go, rest: last() }) : { body: last() });
    shown = (PAGES[page.kind] ?? end)({ page, sitting, deck, go });
    progress.value = sitting.test.pages.indexOf(page);
    place(page.title, focus);
  }
  function tell(page) {
    shown?.undo?.();
    shown = revealedPage({ reveal, page, next: () => show(sitting.page) });
    place("What you heard", true);
  }
  function place(heading, focus) {
    title.textContent = heading;
    body.replaceChildren(...shown.body.filter(Boolean));
    if (focus) title.focus();
  }
  const undo = [];
  listen(root, "keydown", (event) => {
    if (isWriting(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    const own = event.key === " " && event.composedPath()[0].matches("button:not(.sl-piece), input[type=checkbox], input[type=radio]");
    if (own || !shown?.key?.(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }, undo);
  el.append(root);
  show(sitting.page, { focus: false });
  return () => {
    shown?.undo?.();
    undo.forEach((back) => back());
    deck.dispose();
    root.remove();
  };
}
