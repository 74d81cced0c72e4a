//! The configuration while it is on its way.

use shared::config::AppConfig;

use crate::failure::Failure;

/// `/api/config`, as far as it has come.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ConfigState {
    Loading,
    Loaded(AppConfig),
    Failed(Failure),
}
