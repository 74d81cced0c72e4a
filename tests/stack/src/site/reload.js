// Only `cargo xtask dev` serves this file: it loads the page again when the site was rebuilt.
let shown;
new EventSource("/_dev/events").addEventListener("build", ({ data }) => {
  if (shown !== undefined && shown !== data) location.reload();
  shown = data;
});
