// Starts the app, and says so if it cannot start or has stopped. A file of its own, so that the page needs no inline script.
const german = navigator.language.startsWith("de");
const NOT_STARTED = german
  ? ["Die App startet nicht", "Prüfe die Verbindung und lade die Seite neu. Hilft das nicht, ist der Browser vielleicht zu alt für WebAssembly."]
  : ["The app could not start", "Check your connection and load the page again; if that does not help, your browser may be too old for WebAssembly."];
const STOPPED = german
  ? ["Die App ist abgestürzt", "Es ist ein Fehler aufgetreten, und die App reagiert nicht mehr. Lade die Seite neu."]
  : ["The app has crashed", "Something went wrong, and the app no longer responds. Load the page again."];
const RELOAD = german ? "Seite neu laden" : "Load the page again";

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function say([title, text]) {
  const alert = element("div", {}, element("p", {}, text));
  alert.setAttribute("role", "alert");
  const button = element("button", { type: "button", onclick: () => location.reload() }, RELOAD);
  const page = element(
    "main",
    { className: "pass" },
    element("div", { className: "said" }, element("h1", {}, title), alert),
    element("div", { className: "done" }, button),
  );
  document.title = title;
  (document.getElementById("app") ?? document.body).replaceChildren(page);
}

// A panic is a trap in WebAssembly. After one, nothing in the app works any more.
function watch(error) {
  if (globalThis.WebAssembly && error instanceof WebAssembly.RuntimeError) say(STOPPED);
}
addEventListener("error", ({ error }) => watch(error));
addEventListener("unhandledrejection", ({ reason }) => watch(reason));

const address = (id) => document.getElementById(id).href;
import(address("app-js"))
  .then(({ default: start }) => start({ module_or_path: address("app-wasm") }))
  .catch((error) => {
    console.error(error);
    say(NOT_STARTED);
  });
