//! German.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    language: "de",

    log_in: "Anmelden",
    log_in_with: ("Mit ", " anmelden"),
    one_moment: "Einen Moment …",
    leaving: "Weiter zur Anmeldeseite …",

    logging_in: "Du wirst angemeldet",
    finishing: "Die Anmeldung wird abgeschlossen …",
    not_logged_in: "Das Anmelden hat nicht geklappt",

    loading_profile: "Dein Profil wird geladen …",

    front_page: "Zur Startseite",
    try_again: "Noch einmal versuchen",
    request: "Anfrage ",
    slow: "Das dauert länger als sonst.",
    offline: "Du bist offline. Es geht weiter, sobald du zurück bist.",

    wait_a_second: "Warte vorher bitte eine Sekunde.",
    wait_seconds: ("Warte vorher bitte ", " Sekunden."),

    callback_malformed: "Die Antwort auf die Anmeldung ist fehlerhaft und wurde nicht verwendet.",
    nothing_to_finish: "Hier gibt es keine Anmeldung abzuschließen.",
    state_unknown: "Diese Antwort gehört zu keiner Anmeldung dieses Tabs: Sie wurde schon verwendet, oder ein anderer Tab hat eine Anmeldung begonnen.",
    expired: "Die Anmeldung hat zu lange gedauert und ist abgelaufen.",
    cancelled: "Die Anmeldung wurde abgebrochen.",
    provider_unavailable: "Der Anbieter kann dich gerade nicht anmelden.",
    provider_refused: "Der Anbieter hat die Anmeldung abgelehnt.",
    wrong_issuer: "Diese Antwort kommt nicht von dem Anbieter, zu dem du geschickt wurdest, und wurde nicht verwendet.",

    code_refused: "Der Anbieter nimmt diese Anmeldung nicht mehr an.",
    client_refused: "Der Anbieter erkennt die Registrierung dieser App nicht an. Versuche es später noch einmal.",
    provider_unreachable: "Der Anbieter ist nicht zu erreichen. Versuche es in einer Minute noch einmal.",
    provider_bad_response: "Der Anbieter hat eine unverständliche Antwort gegeben. Versuche es in einer Minute noch einmal.",
    provider_busy: "Der Anbieter ist ausgelastet. Versuche es später noch einmal.",
    provider_timeout: "Der Anbieter hat nicht rechtzeitig geantwortet. Versuche es in einer Minute noch einmal.",
    internal_error: "Auf dem Server der App ist ein Fehler aufgetreten. Versuche es in einer Minute noch einmal.",
    not_understood: "Diese Seite und der Server der App verstehen einander nicht. Lade die Seite neu.",
    unknown_error: "Das Anmelden hat nicht geklappt.",

    blocked: "Etwas zwischen dir und dem Server der App hat die Anfrage blockiert. Ein anderes Netz kann helfen.",
    too_many: "Gerade melden sich zu viele an. Versuche es in einer Minute noch einmal.",
    server_unavailable: "Der Server der App antwortet nicht richtig. Versuche es in einer Minute noch einmal.",
    server_bad_response: "Der Server der App hat eine unverständliche Antwort gegeben. Versuche es in einer Minute noch einmal.",
    no_answer: "Der Server der App ist nicht zu erreichen. Prüfe deine Verbindung.",

    not_registered: "Diese Adresse ist nicht für die Anmeldung registriert.",
    unknown_provider: "Diese Anmeldung bietet die App nicht mehr an.",
    no_storage: "Dein Browser lässt diese Seite nichts speichern, was eine Anmeldung braucht. Erlaube dieser Seite Speicher.",
    no_cryptography: "Dein Browser ist zu alt für eine sichere Anmeldung.",
    login_ended: "Deine Anmeldung ist abgelaufen. Melde dich wieder an.",
    signed_out_elsewhere: "Du bist abgemeldet: In einem anderen Tab, oder weil die Daten dieser Seite gelöscht wurden.",
    foreign_origin: "Diese App gibt deine Anmeldung nicht an diese Adresse weiter.",
};
