// A listening test in a notebook: what happens goes to Python, and it is said when it does not arrive.

const UNKEPT_AFTER_MS = 4000;

/** The line to Python: events go out, and it is known whether they were kept. */
class KeptLine {
  constructor(model, undo) {
    Object.assign(this, { model, number: 0, unkept: new Map(), asked: new Map() });
    listen(model, "msg:custom", (message) => this.receive(message), undo);
  }
  keep(event) {
    this.number += 1;
    this.unkept.set(this.number, performance.now());
    try {
      this.model.send({ type: "event", number: this.number, event });
    } catch {
      // the kernel is gone: the event stays unkept, which is said on the page
    }
  }
  /** What was behind the letters of a page, or of all. */
  reveal(page) {
    return new Promise((resolve) => {
      this.asked.set(page, resolve);
      this.model.send({ type: "reveal", page });
    });
  }
  receive({ type, number, page, trials }) {
    if (type === "kept") this.unkept.delete(number);
    else if (type === "revealed") this.asked.get(page)?.(trials);
  }
  /** Whether something has not been kept for longer than it should take. */
  get late() {
    const [oldest] = this.unkept.values();
    return oldest !== undefined && performance.now() - oldest > UNKEPT_AFTER_MS;
  }
}

const UNKEPT = "What you do here does not reach the notebook. While a cell is running, wait until it is done. After a restart of the kernel, run the cell of this test again: it goes on with what was kept.";

function renderListening({ model, el }) {
  const undo = [];
  const sounds = new SoundLine(model, undo);
  const line = new KeptLine(model, undo);
  const alarm = element("p", { class: "sl-widget sl-listening sl-alarm", role: "alert", hidden: true });
  const waiting = element("p", { role: "status" }, "loading …");
  const place = element("div", {}, waiting);
  const since_ms = performance.now();
  let takeDown = () => {};
  listen(model, "msg:custom", (message) => {
    if (message.type !== "past" || !waiting.isConnected) return;
    waiting.remove();
    const sitting = new Sitting({ test: model.get("test"), past: message.events, keep: (event) => line.keep(event) });
    const reveal = (page) => line.reveal(page);
    takeDown = showSitting({ sitting, fetchSound: (sound) => sounds.fetch(sound), el: place, last: () => endOfSitting(sitting, reveal), reveal });
  }, undo);
  const watch = setInterval(() => {
    const silent = waiting.isConnected && performance.now() - since_ms > UNKEPT_AFTER_MS;
    alarm.hidden = !silent && !line.late;
    alarm.textContent = alarm.hidden ? "" : UNKEPT;
  }, 500);
  el.append(place, alarm);
  model.send({ type: "hello" });
  return () => {
    clearInterval(watch);
    takeDown();
    el.replaceChildren();
    undo.forEach((back) => back());
  };
}

/** The last page in the notebook: that all is kept, and what was behind the letters where the test tells that. */
function endOfSitting(sitting, reveal) {
  if (sitting.declined) return [];
  const lines = paragraphs(["Your answers are kept. You can close this page."]);
  if (sitting.test.reveal !== "end") return lines;
  const told = element("div", { role: "status" }, "loading …");
  reveal("end").then((trials) => told.replaceChildren(element("h3", {}, "What you heard"), ...revealedTrials(trials)));
  return [...lines, told];
}
