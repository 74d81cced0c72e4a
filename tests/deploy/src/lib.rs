//! The tests of the deployment are in `template`, `cloud` and `reproducible.rs`.
