// A client such as the service's quickstart teaches, with nothing but fetch: node quickstart.mjs BASE_URL KEY
// Runs the whole flow and prints one line of JSON about what came out.
import { createServer } from "node:http";

const [baseUrl, key] = process.argv.slice(2);
const RATE_LIMITED = new Set([429]);
const FAILED = /(FAILED|ERROR|EXCEPTION)$/;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

class ServiceSaysNo extends Error {
  constructor(code, message) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

async function call(method, path, body, { tries = 6, pauseMs = 400 } = {}) {
  for (let attempt = 1; ; attempt += 1) {
    const reply = await fetch(baseUrl + path, {
      method,
      headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const answer = await reply.json();
    if (answer.code === 200) return answer.data;
    if (!RATE_LIMITED.has(answer.code) || attempt >= tries) throw new ServiceSaysNo(answer.code, answer.msg);
    backedOff += 1;
    await sleep(pauseMs);
  }
}

async function wait(path, field, taskId) {
  for (let asked = 0; asked < 300; asked += 1) {
    const record = await call("GET", `${path}?taskId=${taskId}`);
    const state = record?.[field] ?? "PENDING";
    if (state === "SUCCESS") return record;
    if (FAILED.test(state)) throw new Error(`${state}: ${record.errorMessage}`);
    await sleep(50);
  }
  throw new Error(`gave up on ${taskId}`);
}

async function codeOf(promise) {
  try {
    await promise;
    return 200;
  } catch (error) {
    return error.code ?? String(error);
  }
}

const head = async (url, bytes) => [...new Uint8Array(await (await fetch(url)).arrayBuffer()).slice(0, bytes)];
const text = (numbers) => String.fromCharCode(...numbers);

let backedOff = 0;
const callbacks = [];
const receiver = createServer((request, response) => {
  let body = "";
  request.on("data", (part) => (body += part));
  request.on("end", () => {
    callbacks.push(JSON.parse(body));
    response.end();
  });
});
await new Promise((resolve) => receiver.listen(0, "127.0.0.1", resolve));
const callBackUrl = `http://127.0.0.1:${receiver.address().port}/callback`;
const nowhere = "https://callback.invalid/quickstart";
const song = { prompt: "a calm song about the sea", customMode: false, instrumental: false, model: "V5" };

const report = {};
const { taskId } = await call("POST", "/api/v1/generate", { ...song, callBackUrl });
const record = await wait("/api/v1/generate/record-info", "status", taskId);
const [track, sibling] = record.response.sunoData;
report.tracks = new Set([track.id, sibling.id]).size;
report.audio = await head(track.audioUrl, 3);

const extended = await call("POST", "/api/v1/generate/extend", {
  defaultParamFlag: true, audioId: track.id, continueAt: 1, prompt: "[Verse]\nOn and on", style: "folk", title: "Sea",
  model: "V5", callBackUrl: nowhere,
});
report.parent = (await wait("/api/v1/generate/record-info", "status", extended.taskId)).parentMusicId === track.id;

const words = await call("POST", "/api/v1/lyrics", { prompt: "a lighthouse", callBackUrl: nowhere });
report.lyrics = (await wait("/api/v1/lyrics/record-info", "status", words.taskId)).response.data.length;
report.style = (await call("POST", "/api/v1/style/generate", { content: "Pop" })).result.length > 3;

const ofTrack = { taskId, audioId: track.id, callBackUrl: nowhere };
const wav = await call("POST", "/api/v1/wav/generate", ofTrack);
report.wav = text(await head((await wait("/api/v1/wav/record-info", "successFlag", wav.taskId)).response.audioWavUrl, 4));
const stems = await call("POST", "/api/v1/vocal-removal/generate", { ...ofTrack, type: "separate_vocal" });
const parts = (await wait("/api/v1/vocal-removal/record-info", "successFlag", stems.taskId)).response;
report.stems = Boolean(parts.vocalUrl && parts.instrumentalUrl);
const video = await call("POST", "/api/v1/mp4/generate", ofTrack);
const film = (await wait("/api/v1/mp4/record-info", "successFlag", video.taskId)).response.videoUrl;
report.video = text((await head(film, 8)).slice(4));

report.invalid = await codeOf(call("POST", "/api/v1/generate", { ...song, prompt: "", callBackUrl: nowhere }));
report.noCallback = await codeOf(call("POST", "/api/v1/generate", song));
report.malformed = (await (await fetch(`${baseUrl}/api/v1/generate`, {
  method: "POST", headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" }, body: "{",
})).json()).code;

backedOff = 0;
for (let n = 0; n < 3; n += 1) await call("POST", "/api/v1/generate", { ...song, callBackUrl: nowhere });
report.backedOff = backedOff > 0;
report.broke = await codeOf(
  (async () => {
    for (let n = 0; n < 20; n += 1) await call("POST", "/api/v1/generate", { ...song, callBackUrl: nowhere });
  })(),
);

for (let n = 0; n < 200 && callbacks.length < 3; n += 1) await sleep(50);
report.callbacks = callbacks.map((callback) => callback.data.callbackType);
report.callbackTask = callbacks.every((callback) => callback.data.task_id === taskId);
receiver.close();
console.log(JSON.stringify(report));
