//! JSON, twice. The function reads what strangers send, by [`object`], as strictly as it can be read. The app reads
//! what its own function and the provider's profile say, by [`Json`], which stands for the browser's own parser: a
//! visitor does not load a second one.

mod strict;
mod value;

pub use strict::{NotThatObject, object};
pub use value::{Json, Reader, at};
