//! Tests of the function's whole service, called in process, with a real HTTP server that responds like AniAPI or like
//! servers that follow RFC 6749. They cover every row of the tables in the documentation.

#![allow(unreachable_pub, reason = "a test binary has no public interface")]

mod anilist;
mod bench;
mod bodies;
mod caller;
mod config;
mod document;
mod endless;
mod envelope;
mod events;
mod framing;
mod github;
mod handshake;
mod hostile;
mod log;
mod mix_up;
mod myanimelist;
mod oauth2;
mod panic;
mod provider;
mod provider_config;
mod providers;
mod proxy_answers;
mod proxy_headers;
mod proxy_paths;
mod redirect;
mod server;
mod session_bench;
mod session_config;
mod session_cookie;
mod session_delete;
mod session_headers;
mod session_keys;
mod session_lifetime;
mod session_login;
mod session_renew;
mod session_together;
mod soak;
mod socket;
mod store;
mod store_faults;
mod success;
mod time;
mod tls;
mod together;
mod token;
mod truncation;
mod upstream;
