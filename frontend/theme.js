// Sets what must be right before the first paint: light or dark, the language, and which shell is shown. It also sends
// the app's first request: whether the person is signed in. (A preload would do, but WebKit repeats the request if the
// response is `no-store`.)
globalThis.leptosLoginSession = fetch("/api/session");
globalThis.leptosLoginSession.catch(() => {});
{
  const PREFIX = "aniapi-login.";
  const root = document.documentElement;
  root.lang = navigator.languages.map((name) => name.split("-")[0]).find((name) => ["en", "de"].includes(name)) ?? "en";
  // Set on every page except the home page of a person who is signed out.
  let page = location.pathname === "/" ? undefined : /^\/auth(\/[a-z\d]*)?$/.test(location.pathname) ? "auth" : "other";
  try {
    root.dataset.theme = localStorage.getItem(`${PREFIX}theme`) ?? "";
    // What the app stored about the last session. If it is out of date, the app corrects the page.
    const hint = JSON.parse(localStorage.getItem(`${PREFIX}hint`));
    if (!page && hint && !(hint.end <= Date.now())) page = "in";
  } catch {
    // Without storage, the theme follows the system, and the page starts as signed out.
  }
  if (page) root.dataset.page = page;
  addEventListener("click", ({ target }) => {
    if (target.id !== "theme") return;
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    root.dataset.theme = (root.dataset.theme || system) === "dark" ? "light" : "dark";
    try {
      localStorage.setItem(`${PREFIX}theme`, root.dataset.theme);
    } catch {
      // Without storage, the choice lasts until the next load.
    }
  });
}
