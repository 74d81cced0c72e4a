//! The presets: one file of data each, with links to the sources of the data. **To add a preset, add a file and its
//! line below.**

use super::Preset;

macro_rules! presets {
    ($($name:ident)*) => {
        $(mod $name;)*

        /// All presets, in the order of the documentation.
        pub static PRESETS: &[&Preset] = &[$(&$name::PRESET),*];
    };
}

presets! {
    aniapi
    anilist
    annict
    auth0
    bangumi
    discord
    github
    gitlab
    google
    keycloak
    microsoft
    myanimelist
    shikimori
    simkl
    spotify
    trakt
    twitch
    oauth2
}

pub(super) use aniapi::profile as aniapi_profile;

/// The preset with that id.
pub fn preset(id: &str) -> Option<&'static Preset> {
    PRESETS.iter().copied().find(|preset| preset.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_preset_is_found_by_its_id() {
        for known in PRESETS {
            assert!(preset(known.id).is_some_and(|found| core::ptr::eq(found, *known)), "{}", known.id);
            // The id is used in the names of environment variables, and in the redirect URI.
            assert!(crate::redirect::is_provider_id(known.id), "{}", known.id);
        }
        assert!(preset("GitHub").is_none() && preset("").is_none());
        assert!(preset(super::super::DEFAULT).is_some());
    }
}
