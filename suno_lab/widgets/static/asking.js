// Sound that is asked for in Python, one name at a time.

/** Asks Python for the sound behind a name, and waits for the bytes. */
class SoundLine {
  constructor(model, undo) {
    this.model = model;
    this.waiting = new Map();
    listen(model, "msg:custom", (message, buffers) => this.receive(message, buffers), undo);
  }

  fetch(sound) {
    return new Promise((resolve, reject) => {
      this.waiting.set(sound, { resolve, reject });
      this.model.send({ type: "sound", sound });
    });
  }

  receive(message, buffers) {
    const waiting = this.waiting.get(message.sound);
    if (!waiting) return;
    this.waiting.delete(message.sound);
    if (message.type === "sound") waiting.resolve(typed(buffers[0], Uint8Array).buffer);
    else waiting.reject(new Error(message.text));
  }
}
