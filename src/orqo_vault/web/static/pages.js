// The pages: asks for the fragment of each address with the session's token, and sends forms as JSON.
import { codeFromAddress, headers, logIn, logOut, whoAmI } from "./session.js";

const root = document.documentElement.dataset.root;
const byId = (id) => document.getElementById(id);
const here = () => location.pathname.slice(root.length) + location.search;

async function show(address) {
  byId("dialog").close();
  await window.htmx.ajax("GET", `${root}/pages${address === "/" ? "/credentials" : address}`, { target: "#app" });
  window.scrollTo(0, 0);
  byId("app").querySelector("h1")?.focus();
}

function go(address) {
  if (address !== here()) history.pushState(null, "", root + address);
  return show(address);
}

function askForCode(problem = "") {
  byId("app").replaceChildren();
  byId("dialog").close();
  byId("login").hidden = false;
  byId("login-problem").textContent = problem;
  byId("code").focus();
}

async function enter(code) {
  if (code && !(await logIn(code))) return askForCode("This code is wrong, used, or older than a minute.");
  if (!(await whoAmI())) return askForCode();
  byId("login").hidden = true;
  return show(here());
}

function say(text) {
  byId("said").textContent = text;
  byId("said").hidden = !text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => say(""), 6000);
}

// What a form says, as JSON: a name that is there twice is a list; what is disabled is not said.
function formAsJson(data) {
  const said = {};
  for (const name of new Set(data.keys())) {
    const all = data.getAll(name);
    said[name] = all.length > 1 ? all : all[0];
  }
  return JSON.stringify(said);
}

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => Object.assign(ctx.request.headers, headers()));

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (!["POST", "PATCH"].includes(ctx.request.method)) return;
  ctx.request.headers["Content-Type"] = "application/json";
  ctx.request.body = formAsJson(ctx.request.body ?? new URLSearchParams());
});

document.addEventListener("htmx:before:response", (event) => {
  const { response, sourceElement, request } = event.detail.ctx;
  const said = response.headers.get("Orqo-Said");
  if (said) say(decodeURIComponent(said));
  if (response.status === 401) {
    event.preventDefault();
    askForCode("You were logged out. Get a new code from the terminal.");
  } else if (response.headers.get("Orqo-Go")) {
    event.preventDefault();
    go(response.headers.get("Orqo-Go"));
  } else if (sourceElement.matches("[data-address]")) {
    history.replaceState(null, "", root + request.action.slice(`${root}/pages`.length));
  }
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  const dialog = byId("dialog");
  if (ctx.target === dialog && !dialog.open) dialog.showModal();
  const problem = ctx.target?.querySelector?.("[data-problem]");
  if (problem) problem.focus();
});

document.addEventListener("htmx:error", () => say("The page cannot reach its server. Is orqo-vault web still running?"));

// A field's own buttons: replace opens an empty input, cancel takes it away again, and nothing said is kept.
function toggle(button) {
  const field = button.closest("[data-field]");
  const input = field.querySelector("[data-new]");
  const opening = button.dataset.act === "replace";
  input.hidden = !opening;
  for (const each of input.querySelectorAll("input, textarea, select")) {
    each.disabled = !opening;
    if (!opening) each.value = "";
  }
  field.querySelector("[data-act=replace]").hidden = opening;
  field.querySelector(opening ? "[data-new] [name]" : "[data-act=replace]").focus();
}

function reveal(button) {
  const input = byId(button.dataset.shows);
  input.type = input.type === "password" ? "text" : "password";
  button.setAttribute("aria-pressed", String(input.type === "text"));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.act === "replace" || button?.dataset.act === "cancel") return toggle(button);
  if (button?.dataset.shows) return reveal(button);
  if (button?.dataset.closes) return byId("dialog").close();
  if (button?.dataset.copies) return navigator.clipboard.writeText(button.dataset.copies).then(() => say("Copied."));
  if (button?.dataset.logout !== undefined) return logOut().then(() => askForCode());
  const link = event.target.closest("a[href]");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || link.target || link.hash) return;
  if (link.origin !== location.origin || !link.pathname.startsWith(root + "/")) return;
  event.preventDefault();
  go(link.pathname.slice(root.length) + link.search);
});

// Whose key it is decides what is asked: the platform's key has no fields.
document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-mode]")) return;
  const platform = target.value === "platform";
  for (const each of document.querySelectorAll("#app [data-own]")) {
    each.hidden = platform;
    for (const input of each.querySelectorAll("input, textarea, select")) input.disabled = platform || !!input.closest("[data-new][hidden]");
  }
  for (const each of document.querySelectorAll("#app [data-platform]")) each.hidden = !platform;
});

// A provider that is known brings its variable; what somebody typed stays.
document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-presets]")) return;
  const key = byId("key");
  const preset = [...byId("providers").options].find((each) => each.value === target.value);
  if (preset && (!key.value || key.dataset.preset === key.value)) {
    key.value = key.dataset.preset = preset.dataset.key;
    key.dispatchEvent(new Event("input", { bubbles: true }));
  }
});

document.addEventListener("submit", (event) => {
  if (event.target.id !== "login-form") return;
  event.preventDefault();
  const code = byId("code").value.trim();
  byId("code").value = "";
  enter(code.includes("#code=") ? code.split("#code=")[1] : code);
});

window.addEventListener("popstate", () => show(here()));
window.addEventListener("hashchange", () => enter(codeFromAddress()));
enter(codeFromAddress());
