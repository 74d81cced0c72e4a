//! German.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    language: "de",
    sign_in: "Anmelden",
    promise: "Dein Passwort gibst du auf der Seite des Anmeldedienstes ein. Diese App sieht es nie.",
    signed_in: "Du bist angemeldet",
    until: "Angemeldet bis ",
    ends_in: ("Deine Sitzung endet in ", " Minuten."),
    ends_soon: "Deine Sitzung endet in weniger als einer Minute.",
    log_out: "Abmelden",
    email_not_verified: "Deine E-Mail-Adresse ist noch nicht bestätigt. Folge dem Link in der E-Mail von AniAPI und lade dann dein Profil neu.",
    no_profile: "Dein Profil konnte nicht geladen werden. Du bist weiterhin angemeldet; versuche es gleich noch einmal.",
    load_profile: "Profil neu laden",
    not_found: "Seite nicht gefunden",
    no_such_page: "Unter dieser Adresse gibt es keine Seite.",
    copy: "Anfrage-ID kopieren",
    copied: "Kopiert",
    other_colours: "Zwischen Hell und Dunkel wechseln",
};
