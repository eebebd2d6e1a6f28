// Shared by every widget: elements without markup, times, and the page's one loudspeaker.
// Text reaches the page only as text nodes and attributes; nothing here parses markup.

const SVG = "http://www.w3.org/2000/svg";

/** Keeps the notebook's own shortcuts away. JupyterLab looks for it up the tree, Notebook 7 on what has the focus alone. */
const OWN_KEYS = "data-lm-suppress-shortcuts";

/** An element with attributes, listeners (`on…` functions) and children (strings become text). */
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  if (attributes[OWN_KEYS]) made.addEventListener("focusin", ({ target }) => target.setAttribute(OWN_KEYS, "true"));
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** A push button that says what it does; `type=button` keeps it from submitting anything. */
function button(label, onclick, attributes = {}) {
  return element("button", { type: "button", class: "sl-button", onclick, ...attributes }, label);
}

const ICONS = {
  play: "M4 2.5v11l9.5-5.5z",
  pause: "M3.5 2.5h3.2v11H3.5zM9.3 2.5h3.2v11H9.3z",
};

/** A 16 × 16 icon in the text's own colour; decorative, the button carries the name. */
function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of [["viewBox", "0 0 16 16"], ["width", "16"], ["height", "16"], ["aria-hidden", "true"]])
    svg.setAttribute(key, value);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  path.setAttribute("fill", "currentColor");
  svg.append(path);
  return svg;
}

/** Seconds as m:ss; with `precise` as m:ss.t */
function clock(seconds, precise = false) {
  const shown = Number.isFinite(seconds) && seconds > 0 ? seconds : 0;
  const tenths = Math.floor(shown * 10 + 1e-6);
  const whole = Math.floor(tenths / 10);
  const text = `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  return precise ? `${text}.${tenths % 10}` : text;
}

function clamp(value, least, most) {
  return Math.min(Math.max(value, least), most);
}

/** Index of the last item whose `start_s` is not after `time_s`, or -1. Items are in order. */
function lastStarted(items, time_s) {
  let low = 0;
  let high = items.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (items[middle].start_s <= time_s) low = middle + 1;
    else high = middle - 1;
  }
  return high;
}

/** A byte trait (DataView, typed array or buffer) as a typed array of the given kind, copied so that it is aligned. */
function typed(bytes, Kind) {
  if (!bytes || !bytes.byteLength) return new Kind(0);
  const view = ArrayBuffer.isView(bytes) ? bytes : new Uint8Array(bytes);
  return new Kind(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
}

/** Listens to `name` until the widget is torn down; returns nothing, collects the way back in `undo`. */
function listen(target, name, action, undo) {
  if (target.addEventListener) {
    target.addEventListener(name, action);
    undo.push(() => target.removeEventListener(name, action));
  } else {
    target.on(name, action);
    undo.push(() => target.off(name, action));
  }
}

/** A canvas sized to its box in device pixels; returns the context with CSS pixels as units. */
function sharpContext(canvas) {
  const box = canvas.getBoundingClientRect();
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [Math.max(1, Math.round(box.width)), Math.max(1, Math.round(box.height))];
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return { context, width, height };
}

/** Leaves typing alone: whether a key press belongs to a field the user is writing in. */
function isTyping(event) {
  const target = event.composedPath ? event.composedPath()[0] : event.target;
  return ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName) || target.isContentEditable;
}

/** Rebuilds a part of the page; what had the focus (known by its `data-key`) has it again afterwards. */
function keepingFocus(root, rebuild) {
  const focused = root.getRootNode().activeElement;
  const key = focused && root.contains(focused) ? focused.dataset.key : undefined;
  rebuild();
  if (key) root.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

const LOOK_EVERY_MS = 3000;

/** Has Python look for what is new while the widget can be seen; returns what ends it. */
function lookRegularly(model, root, undo) {
  // one question at a time: a busy kernel is not asked again before it has answered
  let asked = false;
  listen(model, "msg:custom", (message) => {
    if (message.type === "looked") asked = false;
  }, undo);
  const looking = setInterval(() => {
    if (asked || document.visibilityState !== "visible" || !root.isConnected) return;
    asked = true;
    model.send({ type: "look" });
  }, LOOK_EVERY_MS);
  return () => clearInterval(looking);
}
