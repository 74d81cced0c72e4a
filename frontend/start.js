// Starts the app, and shows an error if it cannot start or crashes. It is a separate file because the page's policy
// allows no inline script.
const TEXTS = {
  en: {
    again: "Reload the page",
    crashed: ["The app has crashed", "It no longer responds. Reload the page."],
    notStarted: [
      "The app could not start",
      "Check your connection and reload the page. If that does not help, your browser may be too old.",
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
  // Deferred, so that the app's own pending work does not set another title afterwards.
  setTimeout(() => (document.title = title));
  (document.getElementById("app") ?? document.body).replaceChildren(page);
}

// A panic is a trap in WebAssembly. After a trap, nothing in the app works.
function watch(error) {
  if (globalThis.WebAssembly && error instanceof WebAssembly.RuntimeError) say("crashed");
}
addEventListener("error", ({ error }) => watch(error));
addEventListener("unhandledrejection", ({ reason }) => watch(reason));

// Leptos creates elements of fixed markup with innerHTML. Under the site's policy (Trusted Types) a string becomes HTML
// only if it comes from the build: that is, if the app's own WebAssembly contains it byte for byte.
function trust(wasm) {
  const latin1 = (bytes) => new TextDecoder("latin1").decode(bytes);
  let app;
  globalThis.trustedTypes?.createPolicy("default", {
    createHTML(html) {
      app ??= latin1(wasm);
      if (app.includes(latin1(new TextEncoder().encode(html)))) return html;
      console.error("Refused to create HTML that is not part of the app:", html);
      return null;
    },
  });
}

const address = (id) => document.getElementById(id).href;

async function start() {
  const [app, response] = await Promise.all([import(address("app-js")), fetch(address("app-wasm"))]);
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  // This fails if the Content-Type is wrong; compiling the bytes works as well.
  const compiled = WebAssembly.compileStreaming(response.clone()).catch(() => undefined);
  const wasm = await response.arrayBuffer();
  trust(wasm);
  await app.default({ module_or_path: (await compiled) ?? wasm });
}

start().catch((error) => {
  console.error(error);
  say("notStarted");
});
