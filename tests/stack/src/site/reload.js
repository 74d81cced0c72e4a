// Reloads the page after a rebuild of the site. Only `cargo xtask dev` serves this file.
let shown;
new EventSource("/_dev/events").addEventListener("build", ({ data }) => {
  if (shown !== undefined && shown !== data) location.reload();
  shown = data;
});
