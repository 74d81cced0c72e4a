//! Mounts the app in place of the shell that `index.html` has painted.

use frontend::App;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

fn main() {
    let shell = document().query_selector("#app").ok().flatten().expect("index.html has an element #app");
    shell.replace_children_with_node_0();
    mount_to(shell.unchecked_into(), App).forget();
}
