// Light or dark: as the person chose, or else as their system says. It runs before anything is painted.
{
  const KEY = "aniapi-login.theme";
  const root = document.documentElement;
  try {
    root.dataset.theme = localStorage.getItem(KEY) ?? "";
  } catch {
    // A browser that keeps nothing goes by the system.
  }
  addEventListener("click", ({ target }) => {
    if (target.id !== "theme") return;
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    root.dataset.theme = (root.dataset.theme || system) === "dark" ? "light" : "dark";
    try {
      localStorage.setItem(KEY, root.dataset.theme);
    } catch {
      // Then it holds until the page is loaded again.
    }
  });
}
