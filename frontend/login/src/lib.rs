//! The login in the browser, for any Leptos app. It is still a part of the package `frontend`, and moves here next.
