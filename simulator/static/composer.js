/* Where the customer writes: text, files, voice, and what a reply or an edit is about. */
import { h, icon, iconButton } from "/static/dom.js";
import { attachMenu } from "/static/sheets.js";

const VOICE = ["audio/ogg;codecs=opus", "audio/mp4;codecs=opus", "audio/mp4", "audio/webm;codecs=opus"];

export function composer(send, sendFile, tools) {
  const about = { reply: null, edit: null };
  const above = h("div", { class: "about", hidden: true });
  const text = h("textarea", { rows: 1, placeholder: "Message", "aria-label": "Message", dir: "auto", maxlength: 65536 });
  const button = h("button", { type: "submit", class: "round" });
  const node = h("form", { class: "composer" }, above,
    h("div", { class: "line" }, iconButton("plus", "Send something else", () => attachMenu({ file: pick, place: tools.place, contact: (contacts) => tools.contact(contacts, {}) })), text, button));
  let recorder = null;

  const draw = () => {
    const name = recorder ? "stop" : text.value.trim() || about.edit ? "send" : "mic";
    const label = { stop: "Stop and send", send: "Send", mic: "Record a voice message" }[name];
    button.replaceChildren(icon(name));
    button.setAttribute("aria-label", label);
    button.classList.toggle("recording", Boolean(recorder));
    if (!text.isConnected) return;
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight, 120)}px`;
  };

  const setAbout = (values, title, shown) => {
    Object.assign(about, { reply: null, edit: null }, values);
    above.hidden = !title;
    above.replaceChildren(...(title ? [h("span", {}, h("b", {}, title), h("small", { dir: "auto" }, shown)), iconButton("close", "Cancel", () => { setAbout({}); text.value = ""; draw(); })] : []));
    draw();
  };

  const pick = (accept, values) => {
    const input = h("input", { type: "file", accept, onchange: () => take(input.files[0], values) });
    input.click();
  };

  const take = async (file, values) => {
    if (!file) return;
    const caption = values.type === "audio" || values.type === "sticker" ? "" : text.value.trim();
    await sendFile(file, { ...values, caption, context: about.reply?.id });
    if (caption) text.value = "";
    setAbout({});
  };

  const record = async () => {
    const stream = await navigator.mediaDevices?.getUserMedia({ audio: true }).catch(() => null);
    if (!stream) return tools.toast("There is no microphone. Send a voice message from a file instead.");
    const kind = VOICE.find((one) => MediaRecorder.isTypeSupported(one));
    const parts = [];
    recorder = new MediaRecorder(stream, { mimeType: kind });
    recorder.ondataavailable = (event) => parts.push(event.data);
    recorder.onstop = () => {
      for (const track of stream.getTracks()) track.stop();
      recorder = null;
      draw();
      take(new File(parts, "voice", { type: kind.split(";")[0] }), { type: "audio", voice: "true" });
    };
    recorder.start();
    draw();
  };

  node.addEventListener("submit", async (event) => {
    event.preventDefault();
    const value = text.value.trim();
    if (recorder) return recorder.stop();
    if (!value) return record();
    text.value = "";
    const wish = { ...about };
    setAbout({});
    await send(value, wish);
  });
  text.addEventListener("input", draw);
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (text.value.trim()) node.requestSubmit();
    }
  });
  text.addEventListener("paste", (event) => {
    if (event.clipboardData.files.length) { event.preventDefault(); take(event.clipboardData.files[0], {}); }
  });
  draw();
  return {
    node,
    reply: (message) => { setAbout({ reply: message }, "Reply", message.drawn?.text || message.kind); text.focus(); },
    edit: (message) => { setAbout({ edit: message }, "Edit message", message.drawn?.text || ""); text.value = message.drawn?.text || ""; draw(); text.focus(); },
  };
}
