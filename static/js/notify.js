// What calls somebody back to the tab: a number in its title, a dot on its icon, a sound if wished.
// Silent while the tab looks at the very conversation.
const KEY = "sash-sound";
const title = document.title;
const icon = document.getElementById("favicon");
const plain = icon?.href;
let alarms = 0;

// Before upsert.js takes the rows out of the fragment, while the page still shows the old ones.
document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
  if (detail.target.id !== "rows") return;
  for (const row of detail.fragment.children) if (isNews(row)) ring();
}, true);

// News: the customer wrote more than the page knew of, in a row that is somebody's own or nobody's.
function isNews(row) {
  const standing = document.getElementById(row.id);
  const before = Number(standing?.dataset.inbound ?? row.dataset.inbound - 1);
  if (!row.dataset.in || Number(row.dataset.inbound) <= before) return false;
  const open = document.getElementById("conversation")?.dataset.conversation;
  if (!document.hidden && open === row.dataset.conversation) return false;
  const { user } = document.documentElement.dataset;
  return !row.dataset.assignee || row.dataset.assignee === user;
}

function ring() {
  if (localStorage.getItem(KEY) === "on") chime();
  if (!document.hidden) return;
  alarms += 1;
  document.title = `(${alarms}) ${title}`;
  if (icon) icon.href = plain.replace("favicon", "favicon-news");
}

function calm() {
  if (document.hidden) return;
  alarms = 0;
  document.title = document.title.replace(/^\(\d+\) /, "");
  if (icon) icon.href = plain;
}

function chime() {
  const context = new AudioContext();
  const gain = context.createGain();
  gain.gain.setValueAtTime(0.08, context.currentTime);
  gain.gain.exponentialRampToValueAtTime(0.001, context.currentTime + 0.5);
  const tone = context.createOscillator();
  tone.frequency.setValueAtTime(740, context.currentTime);
  tone.frequency.setValueAtTime(988, context.currentTime + 0.12);
  tone.connect(gain).connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + 0.5);
}

function paintSwitch() {
  const isOn = localStorage.getItem(KEY) === "on";
  for (const button of document.querySelectorAll("[data-notify=sound]")) button.setAttribute("aria-pressed", String(isOn));
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-notify=sound]")) return;
  localStorage.setItem(KEY, localStorage.getItem(KEY) === "on" ? "off" : "on");
  paintSwitch();
  if (localStorage.getItem(KEY) === "on") chime();
});
document.addEventListener("visibilitychange", calm);
paintSwitch();
