// Starts the app, and says so if it cannot start or has stopped. A file of its own, so that the page needs no inline script.
const TEXTS = {
  en: {
    again: "Load the page again",
    crashed: ["The app has crashed", "It no longer responds. Load the page again."],
    notStarted: [
      "The app could not start",
      "Check your connection and load the page again. If that does not help, your browser may be too old.",
    ],
  },
  de: {
    again: "Seite neu laden",
    crashed: ["Die App ist abgestürzt", "Sie reagiert nicht mehr. Lade die Seite neu."],
    notStarted: [
      "Die App konnte nicht starten",
      "Prüfe deine Verbindung und lade die Seite neu. Wenn das nicht hilft, ist dein Browser vielleicht zu alt.",
    ],
  },
};

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function say(what) {
  const texts = TEXTS[document.documentElement.lang] ?? TEXTS.en;
  const [title, advice] = texts[what];
  const alert = element("div", {}, element("p", {}, advice));
  alert.setAttribute("role", "alert");
  const button = element("button", { type: "button", onclick: () => location.reload() }, texts.again);
  const page = element(
    "main",
    { className: "pass" },
    element("div", { className: "said" }, element("h1", {}, title), alert),
    element("div", { className: "done" }, button),
    element("p", { className: "foot" }),
  );
  // After whatever the app was about to do besides.
  setTimeout(() => (document.title = title));
  (document.getElementById("app") ?? document.body).replaceChildren(page);
}

// A panic is a trap in WebAssembly. After one, nothing in the app works any more.
function watch(error) {
  if (globalThis.WebAssembly && error instanceof WebAssembly.RuntimeError) say("crashed");
}
addEventListener("error", ({ error }) => watch(error));
addEventListener("unhandledrejection", ({ reason }) => watch(reason));

// Leptos makes elements of fixed markup by innerHTML. Under the site's policy (Trusted Types) a text becomes HTML only if
// the build has put it there: if it is in the app's own WebAssembly, byte for byte.
function trust(wasm) {
  const latin1 = (bytes) => new TextDecoder("latin1").decode(bytes);
  let app;
  globalThis.trustedTypes?.createPolicy("default", {
    createHTML(html) {
      app ??= latin1(wasm);
      if (app.includes(latin1(new TextEncoder().encode(html)))) return html;
      console.error("Not made into HTML, because it is not a part of the app:", html);
      return null;
    },
  });
}

const address = (id) => document.getElementById(id).href;

async function start() {
  const [app, response] = await Promise.all([import(address("app-js")), fetch(address("app-wasm"))]);
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  // It fails where the Content-Type is another one; the bytes do as well.
  const compiled = WebAssembly.compileStreaming(response.clone()).catch(() => undefined);
  const wasm = await response.arrayBuffer();
  trust(wasm);
  await app.default({ module_or_path: (await compiled) ?? wasm });
}

start().catch((error) => {
  console.error(error);
  say("notStarted");
});
