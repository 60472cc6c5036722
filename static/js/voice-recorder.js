// <voice-recorder>: records, lets one listen, and hands the sound to the composer.
import { hand } from "./composer.js";

const TYPES = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];
const LONGEST = 15 * 60;

class VoiceRecorder extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", ({ target }) => {
      const button = target.closest("button");
      if (button?.matches("[data-record]")) this.start();
      if (button?.matches("[data-stop]")) this.stop();
      if (button?.matches("[data-cancel]")) this.cancel();
      if (button?.matches("[data-send-voice]")) this.send();
    });
  }

  disconnectedCallback() {
    this.cancel();
  }

  async start() {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
      this.begin(stream);
    } catch {
      this.closest("form").querySelector(".composer__errors").textContent = this.dataset.refused;
    }
  }

  begin(stream) {
    this.chunks = [];
    this.isWanted = false;
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    this.recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: 32000 });
    this.recorder.ondataavailable = ({ data }) => this.chunks.push(data);
    this.recorder.onstop = () => this.stopped(stream);
    this.recorder.start(1000);
    this.startedAt = Date.now();
    this.clock = setInterval(() => this.tick(), 250);
    this.draw("recording");
  }

  tick() {
    const seconds = Math.floor((Date.now() - this.startedAt) / 1000);
    this.querySelector("[data-time]").textContent =
      `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (seconds >= LONGEST) this.stop();
  }

  stop() {
    clearInterval(this.clock);
    if (this.recorder?.state === "recording") this.recorder.stop();
  }

  stopped(stream) {
    for (const track of stream.getTracks()) track.stop();
    if (!this.recorder) return;
    this.sound = new Blob(this.chunks, { type: this.recorder.mimeType });
    this.querySelector("[data-preview]").src = URL.createObjectURL(this.sound);
    this.draw("listening");
    if (this.isWanted) this.send();
  }

  send() {
    this.isWanted = true;
    if (this.recorder?.state === "recording") return this.stop();
    if (!this.sound?.size) return;
    const time = this.querySelector("[data-time]").textContent;
    hand(this.closest("form"), { kind: "voice", file: { blob: this.sound, name: `🎤 ${time}` } });
    this.cancel();
  }

  cancel() {
    clearInterval(this.clock);
    const { recorder } = this;
    this.recorder = null;
    this.sound = null;
    if (recorder?.state === "recording") recorder.stop();
    const preview = this.querySelector("[data-preview]");
    if (preview?.src) URL.revokeObjectURL(preview.src);
    this.draw("");
  }

  draw(state) {
    this.toggleAttribute("active", Boolean(state));
    const part = (name) => this.querySelector(`[data-${name}]`);
    if (!part("record")) return;
    part("record").hidden = Boolean(state);
    part("recording").hidden = !state;
    part("preview").hidden = state !== "listening";
    part("stop").hidden = state !== "recording";
    part("time").hidden = state === "listening";
    if (!state) part("time").textContent = "0:00";
  }
}

customElements.define("voice-recorder", VoiceRecorder);
