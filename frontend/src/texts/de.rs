//! German.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    language: "de",

    sign_in: "Anmelden",
    promise: "Du meldest dich auf der Seite des Anbieters an. Diese App sieht dein Passwort nie.",
    log_in_with: ("Mit ", " anmelden"),
    one_moment: "Einen Moment …",
    leaving: "Weiter zur Anmeldeseite …",

    logging_in: "Du wirst angemeldet",
    finishing: "Die Anmeldung wird abgeschlossen …",
    not_logged_in: "Das Anmelden hat nicht geklappt",

    signed_in: "Du bist angemeldet",
    loading_profile: "Dein Profil wird geladen …",
    until: "Angemeldet bis ",
    log_out: "Abmelden",
    email_not_verified: "Deine E-Mail-Adresse ist noch nicht bestätigt, deshalb zeigt AniAPI dein Profil nicht. Folge dem \
                         Link in der E-Mail von AniAPI und lade dann das Profil noch einmal.",
    no_profile: "Dein Profil ließ sich nicht laden. Angemeldet bist du trotzdem; versuche es gleich noch einmal.",
    load_profile: "Profil noch einmal laden",

    not_found: "Seite nicht gefunden",
    no_such_page: "Unter dieser Adresse gibt es in dieser App keine Seite.",

    front_page: "Zur Startseite",
    try_again: "Noch einmal versuchen",
    request: "Anfrage ",
    copy: "Nummer kopieren",
    copied: "Kopiert",
    slow: "Das dauert länger als sonst.",
    offline: "Du bist offline. Es geht weiter, sobald du zurück bist.",
    other_colours: "Hell oder dunkel",

    wait_a_second: " Warte vorher bitte eine Sekunde.",
    wait_seconds: (" Warte vorher bitte ", " Sekunden."),

    callback_malformed: "Die Antwort auf die Anmeldung ist fehlerhaft und wurde nicht verwendet. Versuche es noch einmal.",
    nothing_to_finish: "Hier gibt es keine Anmeldung abzuschließen. Versuche es noch einmal.",
    state_unknown: "Diese Antwort gehört zu keiner Anmeldung dieses Tabs: Sie wurde schon verwendet, oder ein anderer Tab \
                    hat seither eine Anmeldung begonnen. Es ist nichts damit geschehen. Versuche es noch einmal.",
    expired: "Die Anmeldung hat mehr als zehn Minuten gedauert und ist abgelaufen. Versuche es noch einmal.",
    cancelled: "Die Anmeldung wurde abgebrochen. Versuche es noch einmal, falls das ein Versehen war.",
    provider_unavailable: "Der Anbieter kann dich gerade nicht anmelden. Versuche es in einer Minute noch einmal.",
    provider_refused: "Der Anbieter hat die Anmeldung abgelehnt. Versuche es noch einmal; passiert es wieder, muss der \
                       Betreiber der App danach sehen.",
    wrong_issuer: "Diese Antwort kommt nicht von dem Anbieter, zu dem du geschickt wurdest, und wurde nicht verwendet. \
                   Versuche es noch einmal.",

    code_refused: "Der Anbieter nimmt diese Anmeldung nicht mehr an. Versuche es noch einmal.",
    client_refused: "Der Anbieter erkennt die Registrierung dieser App nicht an. Das muss ihr Betreiber beheben; versuche es \
                     später noch einmal.",
    provider_unreachable: "Der Anbieter ist nicht zu erreichen. Versuche es in einer Minute noch einmal.",
    provider_bad_response: "Der Anbieter hat eine unverständliche Antwort gegeben. Versuche es in einer Minute noch einmal.",
    provider_busy: "Der Anbieter hat gerade zu viel zu tun. Versuche es später noch einmal.",
    provider_timeout: "Der Anbieter hat zu lange nicht geantwortet. Versuche es in einer Minute noch einmal.",
    internal_error: "Auf dem Server der App ist etwas schiefgegangen. Versuche es in einer Minute noch einmal.",
    not_understood: "Diese Seite und der Server der App verstehen einander nicht. Noch ein Versuch hilft nicht; lade die \
                     Seite neu.",
    unknown_error: "Das Anmelden hat nicht geklappt.",

    blocked: "Etwas zwischen dir und dem Server der App hat die Anfrage blockiert. Versuche es noch einmal; ein anderes Netz \
              kann helfen.",
    too_many: "Gerade melden sich zu viele an. Versuche es in einer Minute noch einmal.",
    server_unavailable: "Der Server der App antwortet gerade nicht richtig. Versuche es in einer Minute noch einmal.",
    server_bad_response: "Der Server der App hat eine unverständliche Antwort gegeben. Versuche es in einer Minute noch \
                          einmal.",
    no_answer: "Der Server der App ist nicht zu erreichen. Prüfe deine Verbindung und versuche es noch einmal.",

    not_registered: "Diese Adresse ist nicht für die Anmeldung registriert. Noch ein Versuch hilft nicht; der Betreiber der \
                     App muss sie eintragen.",
    unknown_provider: "Diese Anmeldung bietet die App nicht mehr an. Gehe zurück zur Startseite.",
    no_storage: "Dein Browser lässt diese Seite nichts speichern, deshalb würde die Anmeldung nicht wiedererkannt, wenn du \
                 zurückkommst. Erlaube dieser Seite Speicher und versuche es noch einmal.",
    no_cryptography: "Deinem Browser fehlt die Kryptografie, die eine sichere Anmeldung braucht. Ein neuerer Browser hilft.",
    login_ended: "Deine Anmeldung ist abgelaufen. Melde dich wieder an.",
};
