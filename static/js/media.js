// Pictures large, and recordings with their own player: position, length, three speeds.
import { root } from "./words.js";

const SPEEDS = [1, 1.5, 2];

class VoicePlayer extends HTMLElement {
  connectedCallback() {
    if (this.audio) return;
    this.audio = new Audio();
    this.audio.preload = "none";
    this.audio.src = this.getAttribute("src");
    [this.play, this.bar, this.time, this.speed] = [".voice__play", ".voice__bar", ".voice__time", ".voice__speed"].map((part) => this.querySelector(part));
    this.play.addEventListener("click", () => this.toggle());
    this.speed.addEventListener("click", () => this.faster());
    this.bar.addEventListener("input", () => this.seek());
    for (const event of ["timeupdate", "loadedmetadata"]) this.audio.addEventListener(event, () => this.draw());
    for (const event of ["play", "pause", "ended"]) this.audio.addEventListener(event, () => this.drawState());
  }

  disconnectedCallback() {
    this.audio?.pause();
  }

  get length() {
    return Number.isFinite(this.audio.duration) ? this.audio.duration : Number(this.getAttribute("seconds")) || 0;
  }

  toggle() {
    if (!this.audio.paused) return this.audio.pause();
    for (const other of document.querySelectorAll("voice-player")) if (other !== this) other.audio?.pause();
    return this.audio.play().catch(() => this.classList.add("voice--broken"));
  }

  faster() {
    const next = SPEEDS[(SPEEDS.indexOf(this.audio.playbackRate) + 1) % SPEEDS.length];
    this.audio.playbackRate = next;
    this.speed.textContent = `${next}×`;
  }

  seek() {
    if (this.length) this.audio.currentTime = (this.bar.value / 1000) * this.length;
  }

  draw() {
    if (this.length) this.bar.value = (this.audio.currentTime / this.length) * 1000;
    const shown = this.audio.currentTime || this.length;
    this.time.textContent = `${Math.floor(shown / 60)}:${String(Math.floor(shown % 60)).padStart(2, "0")}`;
  }

  drawState() {
    const use = this.play.querySelector("use");
    const [file] = use.getAttribute("href").split("#");
    use.setAttribute("href", `${file}#${this.audio.paused ? "play" : "pause"}`);
  }
}

const lightbox = document.getElementById("lightbox");

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-lightbox]");
  if (!link || event.ctrlKey || event.metaKey || !lightbox) return;
  event.preventDefault();
  open(link);
});

function open(link) {
  const picture = lightbox.querySelector("img");
  picture.src = link.href;
  picture.alt = link.querySelector("img").alt;
  lightbox.querySelector("a").href = link.href;
  lightbox.current = link;
  if (!lightbox.open) lightbox.showModal();
}

lightbox?.addEventListener("click", (event) => {
  if (!event.target.closest("a, button")) lightbox.close();
});
lightbox?.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key] * (root.dir === "rtl" ? -1 : 1);
  if (!step) return;
  const all = [...document.querySelectorAll("[data-lightbox]")];
  const next = all[all.indexOf(lightbox.current) + step];
  if (next) open(next);
});

// A picture that does not load says so instead of leaving a hole.
document.addEventListener("error", ({ target }) => {
  if (target.matches?.(".picture img, img.picture, img.sticker")) target.closest("a, img").classList.add("picture--broken");
}, true);

customElements.define("voice-player", VoicePlayer);
