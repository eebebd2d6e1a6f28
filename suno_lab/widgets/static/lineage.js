// What a clip was made from: boxes from left to right, the clip itself at the right. Boxes of clips can be chosen.

const BOX = { width: 156, height: 44, gap: 44, row: 60, margin: 4 };

function drawn(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

function renderLineage({ model, el }) {
  const undo = [];
  const box = element("div", { class: "sl-widget sl-lineage tex2jax_ignore mathjax_ignore", role: "group", "aria-label": "Where this clip came from", [OWN_KEYS]: "true" });

  function place(step, steps) {
    const left = Math.min(...steps.map((other) => other.x));
    const top = Math.max(...steps.map((other) => other.y));
    return { x: BOX.margin + (step.x - left) * (BOX.width + BOX.gap), y: BOX.margin + (top - step.y) * BOX.row };
  }
  function node(step, steps) {
    const { x, y } = place(step, steps);
    const text = (line, dy, kind) => drawn("text", { x: BOX.width / 2, y: dy, class: kind, "text-anchor": "middle" }, line);
    const made = drawn("g", { class: step.made ? "sl-step" : "sl-step sl-outside", transform: `translate(${x} ${y})` },
      drawn("rect", { width: BOX.width, height: BOX.height, rx: 5 }), text(step.what, 18, "sl-what"), text(step.which, 34, "sl-which"));
    if (!step.clip_id) return made;
    const choose = () => {
      model.set("chosen", step.clip_id);
      model.save_changes();
    };
    for (const [name, value] of [["role", "button"], ["tabindex", "0"], ["aria-label", `${step.what} ${step.which}`]]) made.setAttribute(name, value);
    made.addEventListener("click", choose);
    made.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      choose();
    });
    return made;
  }
  function arrow(step, steps) {
    const [from, to] = [place(step, steps), place(steps[step.into], steps)];
    const [x1, y1, x2, y2] = [from.x + BOX.width + 2, from.y + BOX.height / 2, to.x - 2, to.y + BOX.height / 2];
    const tip = `${x2},${y2} ${x2 - 9},${y2 - 5} ${x2 - 9},${y2 + 5}`;
    return drawn("g", { class: "sl-arrow" }, drawn("line", { x1, y1, x2: x2 - 8, y2 }), drawn("polygon", { points: tip }));
  }
  function paint() {
    const steps = model.get("steps");
    if (!steps.length) return box.replaceChildren();
    const places = steps.map((step) => place(step, steps));
    const width = Math.max(...places.map(({ x }) => x)) + BOX.width + BOX.margin;
    const height = Math.max(...places.map(({ y }) => y)) + BOX.height + BOX.margin;
    box.replaceChildren(drawn("svg", { width, height, viewBox: `0 0 ${width} ${height}` },
      ...steps.filter((step) => step.into !== null).map((step) => arrow(step, steps)), ...steps.map((step) => node(step, steps))));
  }
  listen(model, "change:steps", paint, undo);
  el.append(box);
  paint();
  return () => {
    undo.forEach((back) => back());
    box.remove();
  };
}
