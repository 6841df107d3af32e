// Asks the node over HTTP, with a limit on every wait.

const WAIT_MAX_MS = 5000;

export class NotEnrolled extends Error {}

/** GET `path` as JSON. Throws NotEnrolled when this screen may not, Error with the node's own sentence otherwise. */
export async function ask(path) {
  const response = await fetch(path, {
    headers: { Accept: "application/json" },
    signal: AbortSignal.timeout(WAIT_MAX_MS),
  });
  const body = await response.json();
  if (response.ok) return body;
  const message = body?.error?.message ?? String(response.status);
  throw response.status === 401 || response.status === 403 ? new NotEnrolled(message) : new Error(message);
}
