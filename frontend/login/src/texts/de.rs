//! German.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    language: "de",

    log_in: "Anmelden",
    log_in_with: ("Mit ", " anmelden"),
    one_moment: "Einen Moment …",
    leaving: "Du wirst zur Anmeldeseite weitergeleitet …",

    logging_in: "Du wirst angemeldet",
    finishing: "Die Anmeldung wird abgeschlossen …",
    not_logged_in: "Die Anmeldung hat nicht geklappt",

    loading_profile: "Dein Profil wird geladen …",

    front_page: "Zur Startseite",
    try_again: "Noch einmal versuchen",
    request: "Anfrage-ID: ",
    slow: "Das dauert länger als sonst.",
    offline: "Du bist offline. Es geht weiter, sobald du wieder online bist.",

    still_known: ("Du bist hier abgemeldet, aber ", " kennt dich in diesem Browser vielleicht noch."),
    log_out_of: ("Bei ", " abmelden"),

    wait_a_second: "Warte bitte eine Sekunde, bevor du es noch einmal versuchst.",
    wait_seconds: ("Warte bitte ", " Sekunden, bevor du es noch einmal versuchst."),

    callback_malformed: "Die Antwort auf deine Anmeldung ist ungültig und wurde nicht verwendet.",
    nothing_to_finish: "Hier gibt es keine Anmeldung abzuschließen.",
    state_unknown: "Diese Antwort passt zu keiner Anmeldung in diesem Tab. Sie wurde schon verwendet, oder sie gehört zu einer Anmeldung in einem anderen Tab.",
    expired: "Die Anmeldung hat zu lange gedauert und ist abgelaufen.",
    cancelled: "Die Anmeldung wurde abgebrochen.",
    provider_unavailable: "Der Anmeldedienst kann dich gerade nicht anmelden.",
    provider_refused: "Der Anmeldedienst hat die Anmeldung abgelehnt.",
    wrong_issuer: "Diese Antwort kommt nicht von dem Anmeldedienst, zu dem du weitergeleitet wurdest, und wurde nicht verwendet.",

    code_refused: "Der Anmeldedienst nimmt diese Anmeldung nicht mehr an.",
    client_refused: "Der Anmeldedienst hat diese App abgelehnt. Versuche es später noch einmal.",
    provider_unreachable: "Der Anmeldedienst ist nicht erreichbar. Versuche es in einer Minute noch einmal.",
    provider_bad_response: "Der Anmeldedienst hat unerwartet geantwortet. Versuche es in einer Minute noch einmal.",
    provider_busy: "Der Anmeldedienst ist überlastet. Versuche es später noch einmal.",
    provider_timeout: "Der Anmeldedienst hat nicht rechtzeitig geantwortet. Versuche es in einer Minute noch einmal.",
    internal_error: "Auf dem Server der App ist ein Fehler aufgetreten. Versuche es in einer Minute noch einmal.",
    not_understood: "Diese Seite passt nicht zum Server der App. Lade die Seite neu.",
    unknown_error: "Die Anmeldung hat nicht geklappt.",

    blocked: "Etwas zwischen dir und dem Server der App hat die Anfrage blockiert. Ein anderes Netz kann helfen.",
    too_many: "Gerade melden sich zu viele Menschen an. Versuche es in einer Minute noch einmal.",
    server_unavailable: "Der Server der App ist gerade nicht verfügbar. Versuche es in einer Minute noch einmal.",
    server_bad_response: "Der Server der App hat unerwartet geantwortet. Versuche es in einer Minute noch einmal.",
    no_answer: "Der Server der App ist nicht erreichbar. Prüfe deine Verbindung.",

    not_registered: "Unter dieser Adresse kannst du dich nicht anmelden.",
    unknown_provider: "Diese Art der Anmeldung bietet die App nicht mehr an.",
    no_storage: "Dein Browser lässt diese Website keine Daten speichern. Zum Anmelden ist das aber nötig. Erlaube dieser Website, Daten zu speichern.",
    no_cryptography: "Dein Browser ist zu alt für eine sichere Anmeldung.",
    session_unknown: "Wir konnten nicht feststellen, ob du angemeldet bist. Prüfe deine Verbindung; wir versuchen es weiter.",
    login_ended: "Deine Sitzung ist beendet. Melde dich wieder an, um fortzufahren.",
    signed_out_elsewhere: "Du bist abgemeldet: Du hast dich in einem anderen Tab abgemeldet, oder die Daten dieser Website wurden gelöscht.",
    foreign_origin: "Diese App gibt deine Sitzung nicht an diese Adresse weiter.",
};
