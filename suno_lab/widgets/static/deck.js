// What sounds. Two decks with one face: an <audio> element for one file, Web Audio buffers for layers kept in step.

const PAGE = (globalThis[Symbol.for("suno_lab.page")] ??= { speaking: null, context: null, users: 0 });
const FADE_S = 0.012;
const LEAD_S = 0.02;
const SILENT_AFTER_MS = 3000;

/** Addresses a player may fetch from: never `javascript:` and the like. */
function safeAddress(address) {
  try {
    const url = new URL(address, document.baseURI);
    return ["http:", "https:", "blob:", "data:"].includes(url.protocol) ? url.href : "";
  } catch {
    return "";
  }
}

/** `files/…` of the Jupyter server that serves this page; other addresses stay as they are. */
function servedAddress(address) {
  if (!address.startsWith("files/")) return safeAddress(address);
  const config = document.getElementById("jupyter-config-data");
  const base = config ? JSON.parse(config.textContent).baseUrl || "/" : "/";
  return safeAddress(base + address);
}

/** What both decks share: a region, looping, and one voice at a time on the page. */
class Deck extends EventTarget {
  constructor() {
    super();
    this.region = null;
    this.loop = false;
    this.disposed = false;
  }

  say(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  takeTheFloor() {
    if (PAGE.speaking && PAGE.speaking !== this) PAGE.speaking.pause();
    PAGE.speaking = this;
  }

  /** Where playing starts and ends: the selected region, or all of it. */
  get bounds() {
    return this.region ?? [0, this.duration];
  }

  /** Called on every frame while playing: jumps back or stops at the end of the region. */
  keepInBounds() {
    const [start, end] = this.bounds;
    if (!this.playing || !(end > start) || this.time < end - 1e-3) return;
    if (this.loop) this.seek(start);
    else if (this.region) {
      this.pause();
      this.seek(end);
    }
  }

  dispose() {
    this.disposed = true;
    if (PAGE.speaking === this) PAGE.speaking = null;
  }
}

class ElementDeck extends Deck {
  constructor({ bytes, mime, address }) {
    super();
    this.audio = new Audio();
    this.audio.preload = "metadata";
    this.blobAddress = "";
    this.wanted_s = null;
    this.waits = false; // play was pressed before the sound was here
    for (const name of ["play", "pause", "seeked", "ended", "loadedmetadata"])
      this.audio.addEventListener(name, () => this.follow(name));
    this.audio.addEventListener("error", () => this.disposed || this.say("broken", "this audio cannot be played"));
    this.load({ bytes, mime, address });
  }

  load({ bytes, mime, address }) {
    if (this.blobAddress) URL.revokeObjectURL(this.blobAddress);
    this.blobAddress = "";
    if (bytes && bytes.byteLength) this.blobAddress = URL.createObjectURL(new Blob([bytes], { type: mime }));
    const source = this.blobAddress || (address ? servedAddress(address) : "");
    this.silent = !source;
    if (source) this.audio.src = source;
    else this.audio.removeAttribute("src");
    if (source && this.waits) this.play();
  }

  follow(name) {
    if (this.disposed) return;
    if (name === "loadedmetadata" && this.wanted_s !== null) this.seek(this.wanted_s);
    if (name === "ended" && this.loop) {
      this.seek(this.bounds[0]);
      this.play();
    }
    this.say("change", name);
  }

  get time() {
    return this.wanted_s ?? this.audio.currentTime;
  }
  get duration() {
    return Number.isFinite(this.audio.duration) ? this.audio.duration : 0;
  }
  get playing() {
    return this.waits || !this.audio.paused;
  }

  async play() {
    this.takeTheFloor();
    this.waits = this.silent;
    if (this.waits) return this.say("change", "waiting");
    const [start, end] = this.bounds;
    if (this.region && (this.time < start || this.time >= end - 1e-3)) this.seek(start);
    try {
      await this.audio.play();
    } catch (problem) {
      if (!this.disposed && problem.name !== "AbortError") this.say("broken", "the browser did not start the sound");
    }
  }

  pause() {
    const waited = this.waits;
    this.waits = false;
    this.audio.pause();
    if (waited) this.say("change", "pause");
  }

  seek(time_s) {
    this.wanted_s = this.audio.readyState ? null : time_s;
    if (this.audio.readyState) this.audio.currentTime = clamp(time_s, 0, this.duration);
    else this.say("change", "seeked");
  }

  setRate(rate) {
    this.audio.defaultPlaybackRate = this.audio.playbackRate = rate;
  }

  setVolume(volume) {
    this.audio.volume = clamp(volume, 0, 1);
  }

  dispose() {
    super.dispose();
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.audio.load();
    if (this.blobAddress) URL.revokeObjectURL(this.blobAddress);
    this.blobAddress = "";
  }
}

/** Several pieces on one clock: what becomes audible starts at the sample where the others are. */
class BufferDeck extends Deck {
  /**
   * @param {(name: string) => Promise<ArrayBuffer>} fetchBytes where the sound of a name comes from
   * @param {number} keep_n how many decoded pieces stay in memory
   */
  constructor(fetchBytes, { keep_n = 6 } = {}) {
    super();
    PAGE.users += 1;
    this.context = PAGE.context ??= new AudioContext();
    this.output = this.context.createGain();
    this.output.connect(this.context.destination);
    this.fetchBytes = fetchBytes;
    this.keep_n = keep_n;
    this.buffers = new Map();
    this.pending = new Map();
    this.gains = {};
    this.offsets_s = {};
    this.audible = [];
    this.sources = new Map();
    this.playing = false;
    this.rate = 1;
    this.rest_s = 0;
    this.started_at = 0;
  }

  /** Decodes once; forgets the piece that was not used for longest. */
  async buffer(name) {
    if (this.buffers.has(name)) {
      const kept = this.buffers.get(name);
      this.buffers.delete(name);
      this.buffers.set(name, kept);
      return kept;
    }
    if (!this.pending.has(name)) this.pending.set(name, this.decode(name).finally(() => this.pending.delete(name)));
    return this.pending.get(name);
  }

  async decode(name) {
    const bytes = await this.fetchBytes(name);
    const decoded = await this.context.decodeAudioData(bytes);
    this.buffers.set(name, decoded);
    for (const old of this.buffers.keys()) {
      if (this.buffers.size <= Math.max(this.keep_n, this.audible.length)) break;
      if (!this.audible.includes(old)) this.buffers.delete(old);
    }
    return decoded;
  }

  get duration() {
    return Math.max(0, ...this.audible.map((name) => this.buffers.get(name)?.duration ?? 0));
  }
  get time() {
    return this.timeAt(this.context.currentTime);
  }
  timeAt(moment) {
    if (!this.playing) return this.rest_s;
    return Math.min(this.rest_s + Math.max(0, moment - this.started_at) * this.rate, this.duration || Infinity);
  }

  /** Which pieces are heard. While playing, newcomers join in step and the rest fade out. */
  async setAudible(names) {
    const wanted = [...names];
    this.wantedAudible = wanted;
    try {
      await Promise.all(wanted.map((name) => this.buffer(name)));
    } catch {
      if (!this.disposed) this.say("broken", "this audio cannot be played");
      return;
    }
    if (this.disposed || this.wantedAudible !== wanted) return; // a later wish has overtaken this one
    this.audible = wanted;
    if (this.playing) this.switchSources();
    this.say("change", "audible");
  }

  switchSources() {
    const moment = this.context.currentTime + LEAD_S;
    for (const [name, playing] of this.sources) if (!this.audible.includes(name)) this.fadeOut(name, playing, moment);
    for (const name of this.audible) if (!this.sources.has(name)) this.startSource(name, moment, this.timeAt(moment));
  }

  startSource(name, moment, from_s) {
    const source = this.context.createBufferSource();
    const gain = this.context.createGain();
    source.buffer = this.buffers.get(name);
    source.playbackRate.value = this.rate;
    gain.gain.setValueAtTime(0, moment);
    gain.gain.linearRampToValueAtTime(this.gains[name] ?? 1, moment + FADE_S);
    source.connect(gain).connect(this.output);
    source.start(moment, Math.max(0, from_s + (this.offsets_s[name] ?? 0)));
    this.sources.set(name, { source, gain });
  }

  fadeOut(name, { source, gain }, moment) {
    gain.gain.cancelScheduledValues(moment);
    gain.gain.setTargetAtTime(0, moment, FADE_S / 3);
    source.stop(moment + 4 * FADE_S);
    this.sources.delete(name);
  }

  async play() {
    if (!this.audible.length || this.playing) return;
    this.takeTheFloor();
    await this.wake();
    if (this.disposed || this.playing) return;
    const [start, end] = this.bounds;
    if (this.rest_s < start || this.rest_s >= end - 1e-3) this.rest_s = start;
    this.started_at = this.context.currentTime + LEAD_S;
    this.playing = true;
    for (const name of this.audible) this.startSource(name, this.started_at, this.rest_s);
    this.say("change", "play");
  }

  /** Until the loudspeaker runs. A browser without a sound device waits for one for ever, and says nothing. */
  async wake() {
    const silent = () => this.disposed || this.say("broken", "no sound starts in this browser: is a loudspeaker or a headphone connected?");
    const late = setTimeout(silent, SILENT_AFTER_MS);
    await this.context.resume();
    clearTimeout(late);
  }

  pause() {
    if (!this.playing) return;
    this.rest_s = this.time;
    this.playing = false;
    for (const [name, playing] of [...this.sources]) this.fadeOut(name, playing, this.context.currentTime);
    this.say("change", "pause");
  }

  seek(time_s) {
    const was = this.playing;
    this.pause();
    this.rest_s = clamp(time_s, 0, this.duration || Infinity);
    this.say("change", "seeked");
    if (was) this.play();
  }

  keepInBounds() {
    super.keepInBounds();
    if (this.playing && !this.region && !this.loop && this.duration && this.time >= this.duration - 1e-3) {
      this.pause();
      this.rest_s = 0;
      this.say("change", "ended");
    }
  }

  /** Speed of all layers; here the pitch goes with it. */
  setRate(rate) {
    if (rate === this.rate) return;
    const was = this.playing;
    this.pause();
    this.rate = rate;
    if (was) this.play();
  }

  setVolume(volume) {
    this.output.gain.value = clamp(volume, 0, 1);
  }

  dispose() {
    super.dispose();
    for (const { source } of this.sources.values()) source.stop();
    this.sources.clear();
    this.buffers.clear();
    this.playing = false;
    this.output.disconnect();
    PAGE.users -= 1;
    if (PAGE.users === 0 && PAGE.context) {
      PAGE.context.close();
      PAGE.context = null;
    }
  }
}
