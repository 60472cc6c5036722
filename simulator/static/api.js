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

/* Live news; `oncatchup` runs at each opening, the first too: what came before it is missed. */
export function listen(onnews, oncatchup) {
  const source = new EventSource("/_sim/stream");
  source.onopen = () => oncatchup();
  source.onmessage = (event) => onnews(JSON.parse(event.data));
}
