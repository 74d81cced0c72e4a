// Starts the app. It is a file of its own so that the page needs no inline script.
const address = (id) => document.getElementById(id).href;

try {
  const { default: start } = await import(address("app-js"));
  await start({ module_or_path: address("app-wasm") });
} catch {
  // The shell is still there: it says what happened in place of the app.
  const shell = document.getElementById("shell");
  if (shell) {
    shell.setAttribute("role", "alert");
    shell.textContent =
      "The app could not start. Check your connection and load the page again; if that does not help, your browser may be too old for WebAssembly.";
  }
}
