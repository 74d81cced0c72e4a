//! JSON, in two ways. The function reads untrusted input with [`object`], as strictly as possible. The app reads the
//! responses of its own function and of the provider's profile URL with [`Json`], which abstracts the browser's own
//! parser, so that visitors need not download another one.

mod strict;
mod value;

pub use strict::{NotThatObject, object};
pub use value::{Json, Reader, at};
