//! German.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    language: "de",
    sign_in: "Anmelden",
    promise: "Du meldest dich auf der Seite des Anbieters an. Diese App sieht dein Passwort nie.",
    signed_in: "Du bist angemeldet",
    until: "Angemeldet bis ",
    ends_in: ("Deine Sitzung endet in ", " Minuten."),
    ends_soon: "Deine Sitzung endet in weniger als einer Minute.",
    log_out: "Abmelden",
    email_not_verified: "Deine E-Mail-Adresse ist noch nicht bestätigt. Folge dem Link in der E-Mail von AniAPI und lade dann das Profil neu.",
    no_profile: "Dein Profil ließ sich nicht laden. Du bist weiter angemeldet; versuche es gleich noch einmal.",
    load_profile: "Profil neu laden",
    not_found: "Seite nicht gefunden",
    no_such_page: "Diese Adresse gibt es nicht.",
    copy: "Nummer kopieren",
    copied: "Kopiert",
    other_colours: "Hell oder dunkel",
};
