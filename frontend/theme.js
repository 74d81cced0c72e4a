// What has to be right before anything is painted: light or dark, the language, and which shell is shown.
{
  const PREFIX = "aniapi-login.";
  const root = document.documentElement;
  root.lang = navigator.languages.map((name) => name.split("-")[0]).find((name) => ["en", "de"].includes(name)) ?? "en";
  // Anything but the front page of somebody who is signed out.
  let page = location.pathname === "/" ? undefined : /^\/auth(\/[a-z\d]*)?$/.test(location.pathname) ? "auth" : "other";
  try {
    root.dataset.theme = localStorage.getItem(`${PREFIX}theme`) ?? "";
    // What the app has noted of the last session. Should it be wrong, the app corrects it.
    const hint = JSON.parse(localStorage.getItem(`${PREFIX}hint`));
    if (!page && hint && !(hint.end <= Date.now())) page = "in";
  } catch {
    // A browser that keeps nothing goes by the system, and signs nobody in.
  }
  if (page) root.dataset.page = page;
  addEventListener("click", ({ target }) => {
    if (target.id !== "theme") return;
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    root.dataset.theme = (root.dataset.theme || system) === "dark" ? "light" : "dark";
    try {
      localStorage.setItem(`${PREFIX}theme`, root.dataset.theme);
    } catch {
      // Then it holds until the page is loaded again.
    }
  });
}
