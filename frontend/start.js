// Starts the app, and says so if it cannot start or has stopped. A file of its own, so that the page needs no inline script.
function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function say(title, advice) {
  const alert = element("div", {}, element("p", {}, advice));
  alert.setAttribute("role", "alert");
  const button = element("button", { type: "button", onclick: () => location.reload() }, "Load the page again");
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
  if (globalThis.WebAssembly && error instanceof WebAssembly.RuntimeError) {
    say("The app has crashed", "It no longer responds. Load the page again.");
  }
}
addEventListener("error", ({ error }) => watch(error));
addEventListener("unhandledrejection", ({ reason }) => watch(reason));

const address = (id) => document.getElementById(id).href;
import(address("app-js"))
  .then(({ default: start }) => start({ module_or_path: address("app-wasm") }))
  .catch((error) => {
    console.error(error);
    say(
      "The app could not start",
      "Check your connection and load the page again. If that does not help, your browser may be too old.",
    );
  });
