// A listening test that is one file: sounds and pages stand in it, what happened is kept by the browser, and the end is
// a code to send back.

const CODE_MARK = "SL1";

/** CRC-32 (IEEE 802.3) of ASCII text, as eight hexadecimal digits. */
function crc32(text) {
  let rest = 0xffffffff;
  for (let i = 0; i < text.length; i += 1) {
    rest ^= text.charCodeAt(i);
    for (let bit = 0; bit < 8; bit += 1) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0);
  }
  return ((rest ^ 0xffffffff) >>> 0).toString(16).padStart(8, "0");
}

/** What happened as text that survives being mailed. */
function resultCode(result) {
  const bytes = new TextEncoder().encode(JSON.stringify(result));
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  const body = btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return `${CODE_MARK}.${body}.${crc32(body)}`;
}

/** What the browser remembers under one name, as an object; what it cannot keep stays in memory. */
class Memory {
  constructor(name) {
    this.name = name;
    this.lost = false;
    try {
      this.value = JSON.parse(localStorage.getItem(name) ?? "null");
    } catch {
      this.value = null;
    }
  }
  save(value) {
    this.value = value;
    try {
      localStorage.setItem(this.name, JSON.stringify(value));
    } catch {
      this.lost = true;
    }
  }
}

const readJson = (id) => JSON.parse(document.getElementById(id).textContent);

/** Whether a text is in the clipboard now; where the browser gives no access to it, what is selected is copied. */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return document.execCommand("copy");
  }
}

const SEND = "Your answers are in the code below. Send it, or the file, to the person who invited you: nothing was sent by this page.";
const SEND_REFUSAL = "If the person who invited you should know, send this code or the file: it holds no answers.";

/** What a listener sees at the end: the code, and two ways to hand it back. */
function codePage(result, text) {
  const code = resultCode(result);
  const box = element("textarea", { class: "sl-input sl-code", readonly: true, "aria-label": "Result code", onfocus: () => box.select() });
  box.value = code.replace(/(.{76})/g, "$1\n");
  const said = element("span", { class: "sl-about", role: "status" });
  const copy = button("Copy the code", async () => {
    box.select();
    said.textContent = (await copied(code)) ? "copied" : "this browser does not copy: mark the code and copy it yourself";
  }, { class: "sl-button sl-primary" });
  const save = button("Save it as a file", () => {
    const address = URL.createObjectURL(new Blob([code], { type: "text/plain" }));
    element("a", { href: address, download: `listening-result-${result.run}.txt` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  });
  return [...paragraphs([text]), element("div", { class: "sl-foot" }, copy, save, said), box];
}

/** Several sittings in one file: asks which one, unless the address says so (`…html#3`). */
function chooseSitting(sittings, el, chosen) {
  const asked = Number(location.hash.slice(1));
  const known = (number) => Number.isInteger(number) && number >= 1 && number <= sittings.length;
  if (sittings.length === 1 || known(asked)) return chosen(sittings.length === 1 ? 0 : asked - 1);
  const given = () => Number(number.value);
  const goOn = () => (box.remove(), chosen(given() - 1));
  const number = element("input", {
    type: "number", class: "sl-input", min: 1, max: sittings.length, "aria-label": "Your number",
    oninput: () => (begin.disabled = !known(given())), onkeydown: ({ key }) => key === "Enter" && known(given()) && goOn(),
  });
  const begin = button("Go on", goOn, { class: "sl-button sl-primary", disabled: true });
  const box = element("div", { class: "sl-widget sl-listening" }, element("h2", {}, "Listening test"),
    element("p", {}, `Which number were you given (1 to ${sittings.length})? Without one, take any.`), number, element("div", { class: "sl-foot" }, begin));
  el.append(box);
  number.focus();
}

function startPage() {
  const el = document.getElementById("test");
  const { sittings } = readJson("sittings");
  const sounds = readJson("sounds");
  const fetchSound = async (sound) => Uint8Array.from(atob(sounds[sound]), (c) => c.charCodeAt(0)).buffer;
  const memory = new Memory(`suno_lab.listening.${sittings[0].test}.${sittings[0].commitment.slice(0, 16)}`);

  function begin({ listener, run, events }) {
    const test = sittings.find((sitting) => sitting.listener === listener);
    const held = { listener, run, events: [...events] };
    const keep = (event) => {
      held.events.push(event);
      memory.save(held);
    };
    const sitting = new Sitting({ test, past: events, keep });
    if (!events.length) sitting.log("start", { sitting: listener });
    const last = () => codePage({ test: test.test, commitment: test.commitment, ...held }, sitting.declined ? SEND_REFUSAL : SEND);
    showSitting({ sitting, fetchSound, el, last });
    if (memory.lost) el.append(element("p", { class: "sl-about", role: "status" }, "This browser keeps nothing: please do not close the page before the end."));
  }
  const [kept] = [memory.value];
  if (kept && Array.isArray(kept.events)) return begin(kept);
  const run = [...crypto.getRandomValues(new Uint8Array(6))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  chooseSitting(sittings, el, (place) => begin({ listener: sittings[place].listener, run, events: [] }));
}
