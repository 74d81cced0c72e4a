//! Code that the function's tests share with the benchmarks. The tests are in `service` (in process), `platform` (the
//! binary under a Lambda Runtime API) and `allocations.rs`.

pub mod runtime_api;
