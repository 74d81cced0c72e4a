//! Components, to be styled by the app: each has defaults, takes attributes, and needs no stylesheet.

mod login_button;
mod login_callback;
mod signed_in;
mod text;

pub use login_button::LoginButton;
pub use login_callback::LoginCallback;
pub use signed_in::SignedIn;
pub use text::{Flag, Text, dynamic, effect, flag, live, off, text};
