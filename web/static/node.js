// Asks the node over HTTP, with a limit on every wait.

const WAIT_MAX_MS = 5000;

export class NotEnrolled extends Error {}

export class NotSignedIn extends Error {}

/** The node did not answer: nobody knows whether it did it, so the same key goes again. */
export class Unheard extends Error {}

/** What every request says: refusals are in the language of the page, whatever the browser is set to. */
export const SPEAKS = { "Accept-Language": document.documentElement.lang || "en" };

/** GET `path` as JSON. Throws NotEnrolled when this screen may not, Error with the node's own sentence otherwise. */
export async function ask(path) {
  const response = await fetch(path, {
    headers: { Accept: "application/json", ...SPEAKS },
    signal: AbortSignal.timeout(WAIT_MAX_MS),
  });
  const body = await response.json();
  if (response.ok) return body;
  const message = body?.error?.message ?? String(response.status);
  throw response.status === 401 || response.status === 403 ? new NotEnrolled(message) : new Error(message);
}

/** A key of its own for what is sent: the same key again is the same act. `crypto.randomUUID` needs https. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** POST (or `method`) JSON with a key; throws NotSignedIn, Unheard, or Error with the node's own sentence, its code and details. */
export async function send(path, body, { method = "POST", token = null, key = newKey() } = {}) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: {
        "Content-Type": "application/json",
        "Idempotency-Key": key,
        ...SPEAKS,
        ...(token ? { Authorization: `Bearer ${token}` } : {}),
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(WAIT_MAX_MS),
    });
  } catch (error) {
    throw new Unheard(error.message);
  }
  const answer = await response.json();
  if (response.ok) return answer;
  const message = answer?.error?.message ?? String(response.status);
  const trouble = response.status === 401 ? new NotSignedIn(message) : new Error(message);
  throw Object.assign(trouble, { code: answer?.error?.code, details: answer?.error?.details ?? {} });
}
