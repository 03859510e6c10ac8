// Light or dark: what the system says, until somebody chooses for this tab. Runs before the page is drawn.
const CHOSEN = "orqo-vault-theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

function wear() {
  const chosen = sessionStorage.getItem(CHOSEN) ?? (dark.matches ? "dark" : "light");
  document.documentElement.setAttribute("data-bs-theme", chosen);
}

dark.addEventListener("change", wear);
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-theme-toggle]")) return;
  const worn = document.documentElement.getAttribute("data-bs-theme");
  sessionStorage.setItem(CHOSEN, worn === "dark" ? "light" : "dark");
  wear();
});
wear();
