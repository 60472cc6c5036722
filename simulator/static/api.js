/* The only place that talks to the server. */

export async function ask(method, path, body) {
  const options = { method };
  if (body instanceof FormData) options.body = body;
  else if (body !== undefined) {
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify(body);
  }
  const answer = await fetch(path, options);
  const text = await answer.text();
  let data = {};
  try { data = JSON.parse(text); } catch { data = { error: text || answer.statusText }; }
  if (!answer.ok) throw new Error(data.error || `The server answered ${answer.status}.`);
  return data;
}

export const get = (path) => ask("GET", path);
export const post = (path, body) => ask("POST", path, body);
export const patch = (path, body) => ask("PATCH", path, body);

/* Live news; `onagain` runs after a lost connection came back, to catch up. */
export function listen(onnews, onagain) {
  const source = new EventSource("/_sim/stream");
  let opened = false;
  source.onopen = () => { if (opened) onagain(); opened = true; };
  source.onmessage = (event) => onnews(JSON.parse(event.data));
}
