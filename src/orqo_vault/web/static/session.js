// The session: a login code from the address becomes a token, and the token goes with every request as a header.
// sessionStorage belongs to this tab and this origin, port included; nothing else is ever kept in the browser.
const root = document.documentElement.dataset.root;
const KEPT = "orqo-vault-session";

export function headers() {
  const token = sessionStorage.getItem(KEPT);
  return token ? { Authorization: `Bearer ${token}` } : {};
}

export async function logIn(code) {
  const answer = await fetch(`${root}/api/v1/session`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ code }),
  });
  if (answer.ok) sessionStorage.setItem(KEPT, (await answer.json()).token);
  return answer.ok;
}

export async function logOut() {
  await fetch(`${root}/api/v1/session`, { method: "DELETE", headers: headers() });
  sessionStorage.removeItem(KEPT);
}

export async function whoAmI() {
  const answer = await fetch(`${root}/api/v1/session`, { headers: headers() });
  return answer.ok ? await answer.json() : null;
}

// The code leaves the address bar and the history before it is used.
export function codeFromAddress() {
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  if (code) history.replaceState(null, "", location.pathname + location.search);
  return code;
}
