//! All tests, by file and name. A test that is missing here is dead code, which is an error.

use std::pin::Pin;

use anyhow::Result;
use browser::driver::Engine;
use browser::stacks::Setting;
use browser::world::World;
use stack::session::SessionMode;

use crate::attacks::{
    code_injection, cross_site_post, doubled_parameters, foreign_requests, framing, leaked_code, leaked_secrets,
    login_csrf, look_alike_origin, mix_up, open_redirect, repeated_callback, replayed_state, script_injection,
    session_theft, stale_state, swapped_state, token_whereabouts,
};
use crate::openid::{certified, certified_refusals, django, hour};
use crate::{
    back_forward, by_hand, callback, cookie, deployed, doctor, edge, faults, foreign_session, habits, headers, login,
    looks, not_ours, odd_browser, own_app, providers, renewal, session, shell, tabs, versions, weight,
};

/// A test, as a function of a person's browser with its stack.
pub type Test = fn(World) -> Pin<Box<dyn Future<Output = Result<()>>>>;

/// A test, with its stack and its browser.
#[derive(Clone, Copy)]
pub struct Entry {
    pub name: &'static str,
    pub test: Test,
    pub setting: Setting,
    pub session: SessionMode,
    pub engine: Engine,
}

impl Entry {
    /// Its name, with the session mode as a prefix unless that is `tab`: `cookie::login::…`.
    pub fn title(&self) -> String {
        match self.session {
            SessionMode::Tab => self.name.to_owned(),
            other => format!("{}::{}", other.as_str(), self.name),
        }
    }
}

/// All entries. The last test examines everything that was logged in this run, so Chromium's tests come last.
pub fn all() -> Vec<Entry> {
    let settings = [
        (WITH_ALL, Setting::AllProviders, SessionMode::Tab),
        (DISTINGUISHED_BY_ISSUER, Setting::DistinguishedByIssuer, SessionMode::Tab),
        (NOT_DISTINGUISHED, Setting::NotDistinguished, SessionMode::Tab),
        (WITH_OWN_APP, Setting::OwnApp, SessionMode::Tab),
        (WITH_OWN_APP_ROUTER, Setting::OwnAppRouter, SessionMode::Tab),
        (WITH_OWN_APP_PLAIN, Setting::OwnAppPlain, SessionMode::Cookie),
        (STOLEN_WITH_A_TOKEN, Setting::Keycloak, SessionMode::Tab),
        (STOLEN_WITH_A_TOKEN, Setting::Keycloak, SessionMode::Cookie),
        (STOLEN_FROM_COOKIES, Setting::Keycloak, SessionMode::Cookie),
        (STOLEN_FROM_COOKIES, Setting::Keycloak, SessionMode::Proxy),
        (STOLEN_WITHOUT_A_TOKEN, Setting::Keycloak, SessionMode::Proxy),
        (STOLEN, Setting::Keycloak, SessionMode::Tab),
        (STOLEN, Setting::Keycloak, SessionMode::Cookie),
        (STOLEN, Setting::Keycloak, SessionMode::Proxy),
        (FROM_OTHER_ORIGINS, Setting::Keycloak, SessionMode::Cookie),
        (FROM_OTHER_ORIGINS, Setting::Keycloak, SessionMode::Proxy),
        (NOT_BY_SCRIPT, Setting::Keycloak, SessionMode::Proxy),
        (RENEWING, Setting::Keycloak, SessionMode::Cookie),
        (RENEWING, Setting::Keycloak, SessionMode::Proxy),
        (CERTIFIED, Setting::AniApi, SessionMode::Cookie),
        (CERTIFIED, Setting::AniApi, SessionMode::Proxy),
        (IN_COOKIES, Setting::AniApi, SessionMode::Cookie),
        (IN_COOKIES, Setting::AniApi, SessionMode::Proxy),
        (WITH_COOKIES, Setting::AniApi, SessionMode::Cookie),
        (THROUGH_THE_PROXY, Setting::AniApi, SessionMode::Proxy),
        (TESTS, Setting::AniApi, SessionMode::Tab),
    ];
    let of = |tests: &[(&'static str, Test)], setting, session| {
        let entry = |&(name, test): &_| Entry { name, test, setting, session, engine: Engine::Chromium };
        tests.iter().map(entry).collect::<Vec<_>>()
    };
    let in_chromium = settings.into_iter().flat_map(|(tests, setting, session)| of(tests, setting, session));
    // `cookie` is the default of `dev` and of deployments; `proxy` differs less from it, so only a core runs in that
    // mode.
    let with_cookies = of(TESTS, Setting::AniApi, SessionMode::Cookie);
    let through_the_proxy = of(TESTS, Setting::AniApi, SessionMode::Proxy);
    let in_all_modes = with_cookies
        .into_iter()
        .chain(through_the_proxy.into_iter().filter(|entry| is_in(CORE, entry.name)))
        .filter(|entry| is_in(IN_EVERY_MODE, entry.name) && !IN_TABS_ONLY.contains(&entry.name));
    let in_chromium = in_all_modes.chain(in_chromium);
    let in_others = in_chromium.clone().filter(|entry| is_in(CORE, entry.name)).collect::<Vec<_>>();
    [Engine::Firefox, Engine::WebKit]
        .into_iter()
        .flat_map(|engine| in_others.iter().map(move |entry| Entry { engine, ..*entry }))
        .filter(|entry| entry.engine != Engine::WebKit || !NOT_IN_WEBKIT.contains(&entry.name))
        .chain(in_chromium)
        .collect()
}

fn is_in(list: &[&str], name: &str) -> bool {
    list.iter().any(|listed| name == *listed || name.strip_prefix(listed).is_some_and(|rest| rest.starts_with("::")))
}

/// Tests that do not depend on where tokens are stored: whole files, or single tests.
const IN_EVERY_MODE: &[&str] = &[
    "login_csrf",
    "replayed_state",
    "stale_state",
    "swapped_state",
    "repeated_callback",
    "doubled_parameters",
    "cross_site_post",
    "look_alike_origin",
    "open_redirect",
    "leaked_code",
    "framing",
    "headers::every_response_has_the_headers_of_the_template",
    "script_injection",
    "login",
    "callback",
    "session::a_reload_keeps_the_person_signed_in",
    "session::back_after_logging_out_shows_the_signed_out_page",
    "habits",
    "faults",
    "not_ours",
    "edge::edge_accepts_a_body_only_with_the_hash_that_the_app_sends",
    "odd_browser",
];

/// Exceptions: tests that examine the tab's storage or the page's own profile requests, or in which a tab stays signed
/// out while another one logs in.
const IN_TABS_ONLY: &[&str] = &[
    "repeated_callback::a_callback_opened_in_two_tabs_at_once_sends_one_code",
    "repeated_callback::a_callback_opened_in_copies_of_the_tab_sends_one_code",
    "script_injection::profile_is_shown_only_as_text",
    "script_injection::stored_data_is_not_executed",
    "habits::older_response_does_not_replace_a_newer_one",
    "habits::session_that_expired_during_sleep_has_ended",
    "habits::remaining_session_time_counts_down",
    "habits::waiting_is_announced_and_the_focus_is_kept",
    "not_ours::foreign_response_in_place_of_a_profile_leaves_the_person_signed_in",
    "not_ours::missing_response_is_reported_for_each_request",
    "odd_browser::cleared_storage_ends_the_session",
    "odd_browser::clock_that_is_an_hour_off_does_not_matter",
];

/// Tests for every engine: whole files, or single tests.
const CORE: &[&str] = &[
    "login::a_person_logs_in_and_is_greeted_by_name",
    "login::wrong_password_is_reported_by_the_provider_and_can_be_corrected",
    "login::state_is_fresh_unguessable_and_kept_in_the_tab",
    "login::login_returns_to_where_it_began",
    "login::both_callback_addresses_finish_a_login",
    "login::unverified_email_is_reported",
    "login::button_works_again_after_back_from_the_provider",
    "login::a_double_click_begins_one_login",
    "login::unknown_address_says_so_and_links_home",
    "callback",
    "cookie",
    "renewal",
    "session",
    "tabs",
    "repeated_callback::a_reload_after_the_login_sends_no_second_code",
    "repeated_callback::a_reload_during_the_exchange_sends_no_second_code",
    "repeated_callback::back_after_the_login_sends_no_second_code",
    "repeated_callback::a_callback_opened_in_copies_of_the_tab_sends_one_code",
    "habits::a_double_click_on_log_out_does_not_log_in_again",
    "habits::late_second_click_does_not_log_in",
    "habits::pressing_twice_by_keyboard_presses_the_same_button",
    "habits::an_old_callback_leaves_a_person_signed_in",
    "odd_browser::failing_storage_is_reported",
    "odd_browser::cleared_storage_ends_the_session",
    "token_whereabouts",
    "framing",
    "headers",
    "edge",
    "certified::person_logs_in_with_the_stack_of_dev",
    "certified::neither_refresh_token_nor_id_token_reaches_the_browser",
    "back_forward",
    "foreign_requests",
];

/// WebKit's driver loses the page when Back leads to another site, does not let pages open windows, and gives every
/// browser a new profile. WebKit itself sends no destination for an `<object>`.
const NOT_IN_WEBKIT: &[&str] = &[
    "foreign_requests::api_rejects_navigation_frames_images_scripts_and_forms",
    "cookie::closed_browser_is_signed_in_when_it_is_opened_again",
    "edge::closed_browser_keeps_only_what_is_on_disk",
    "repeated_callback::a_callback_opened_in_copies_of_the_tab_sends_one_code",
    "login::button_works_again_after_back_from_the_provider",
    "repeated_callback::back_after_the_login_sends_no_second_code",
];

macro_rules! tests {
    ($($module:ident: [$($name:ident),* $(,)?],)*) => {
        &[$($((
            concat!(stringify!($module), "::", stringify!($name)),
            (|world| Box::pin($module::$name(world))) as Test,
        )),*),*]
    };
}

/// Tests with several providers at once.
const WITH_ALL: &[(&str, Test)] = tests! {
    providers: [
        each_provider_has_its_own_button,
        a_person_logs_in_with_each_provider,
        cancelled_login_is_reported_and_can_be_retried,
        token_rejected_by_a_provider_ends_the_session,
        expired_code_is_reported_and_can_be_retried,
        unknown_code_is_reported,
        a_refresh_token_never_reaches_the_browser,
    ],
    habits: [retry_goes_to_the_chosen_provider],
    mix_up: [
        concurrent_logins_finish_with_their_own_providers,
        code_goes_only_to_the_provider_of_the_pending_login,
        callback_without_a_pending_login_is_rejected,
        own_redirect_uri_keeps_a_code_from_another_provider,
        own_redirect_uri_with_a_wrong_iss_is_rejected,
    ],
};

const DISTINGUISHED_BY_ISSUER: &[(&str, Test)] = tests! {
    mix_up: [iss_keeps_a_code_from_another_provider],
};

const NOT_DISTINGUISHED: &[(&str, Test)] = tests! {
    mix_up: [without_a_defence_a_code_reaches_another_provider],
};

/// Tests of another developer's app that uses the library.
const WITH_OWN_APP: &[(&str, Test)] = tests! {
    own_app: [
        person_logs_in_calls_the_api_and_logs_out,
        failed_login_is_reported_and_can_be_retried,
        token_rejected_by_aniapi_ends_the_session,
        missing_response_or_unverified_email_leaves_the_person_signed_in,
        no_request_carries_an_expired_token,
        abandoned_login_does_not_navigate_later,
        own_app_that_does_not_start_says_so,
    ],
};

/// Tests of such an app with a router.
const WITH_OWN_APP_ROUTER: &[(&str, Test)] = tests! {
    own_app: [router_follows_the_login, with_a_router_a_failed_login_is_reported_once],
};

/// The test of such an app as Trunk builds it without settings.
const WITH_OWN_APP_PLAIN: &[(&str, Test)] = tests! {
    deployed: [plain_dist_deployed_to_the_stand_in_logs_in_through_the_edge],
};

/// Tests of sessions in cookies, with the access token in the page (`OAUTH_SESSION=cookie`).
const WITH_COOKIES: &[(&str, Test)] = tests! {
    cookie: [
        reload_and_new_tab_are_signed_in,
        closed_browser_is_signed_in_when_it_is_opened_again,
        page_requests_the_session_once_per_load,
        no_token_is_in_storage_page_or_cookie_value,
        logging_out_clears_the_cookie_and_signs_out_every_tab,
        logging_out_while_the_function_is_down_is_final,
        page_without_a_session_response_says_so_and_retries,
        corrupted_cookie_is_no_session,
        deleted_cookie_ends_the_session,
        unsolicited_callback_leaves_the_person_signed_in,
        login_of_another_person_shows_in_every_tab,
    ],
    edge: [
        cookies_pass_between_browser_and_function,
        closed_browser_keeps_only_what_is_on_disk,
        each_mistake_in_the_template_prevents_logging_in,
    ],
};

/// Tests of sessions whose tokens are renewed.
const RENEWING: &[(&str, Test)] = tests! {
    renewal: [
        ten_tabs_that_wake_together_renew_once,
        tokens_of_a_few_seconds_keep_the_person_signed_in,
        rejected_renewal_ends_the_session_in_every_tab,
        lost_renewal_response_ends_the_session_and_says_so,
        provider_outage_does_not_end_the_session,
        renewal_of_a_closed_page_is_not_repeated,
        clock_jump_does_not_end_the_session,
        logging_out_revokes_the_refresh_token,
        next_login_lets_the_person_choose_an_account,
    ],
};

/// What an injected script can get if the page has the access token.
const STOLEN_WITH_A_TOKEN: &[(&str, Test)] = tests! {
    session_theft: [
        injected_script_gets_the_access_token,
        stolen_access_token_works_elsewhere_until_it_expires,
    ],
};

/// What it can get if the page has no access token.
const STOLEN_WITHOUT_A_TOKEN: &[(&str, Test)] = tests! {
    session_theft: [
        injected_script_never_gets_an_access_token,
        stolen_data_is_useless_after_the_page_is_closed,
    ],
};

/// What it can get if the session is in a cookie.
const STOLEN_FROM_COOKIES: &[(&str, Test)] = tests! {
    session_theft: [injected_script_never_gets_the_session_cookie, injected_script_never_gets_the_session_key],
};

/// What it can get in every mode.
const STOLEN: &[(&str, Test)] = tests! {
    session_theft: [
        injected_script_never_gets_a_refresh_token,
        injected_script_calls_the_api_while_the_page_is_open,
        injected_script_never_gets_another_persons_session,
    ],
};

/// What pages of other origins can do with a session in a cookie.
const FROM_OTHER_ORIGINS: &[(&str, Test)] = tests! {
    foreign_requests: [foreign_page_cannot_use_the_session],
};

/// What the app's own pages can do other than by a script's request.
const NOT_BY_SCRIPT: &[(&str, Test)] = tests! {
    foreign_requests: [api_rejects_navigation_frames_images_scripts_and_forms],
};

/// Tests of sessions in cookies, whether or not the page has the access token.
const IN_COOKIES: &[(&str, Test)] = tests! {
    back_forward: [
        restored_page_is_signed_out_after_logging_out,
        restored_page_checks_for_another_persons_session_first,
        restored_page_checks_for_a_missing_cookie_first,
        restored_page_shows_its_own_session_again,
    ],
    foreign_session: [session_of_another_deployment_is_ignored, session_in_two_cookies_is_one_session],
};

/// Tests of sessions in cookies with servers of other projects.
const CERTIFIED: &[(&str, Test)] = tests! {
    certified: [neither_refresh_token_nor_id_token_reaches_the_browser],
    hour: [one_minute_tokens_keep_the_person_signed_in_for_an_hour],
};

/// Tests of sessions in cookies, without an access token in the page (`OAUTH_SESSION=proxy`).
const THROUGH_THE_PROXY: &[(&str, Test)] = tests! {
    cookie: [
        reload_and_new_tab_are_signed_in,
        page_requests_the_session_once_per_load,
        no_token_is_in_storage_page_or_cookie_value,
        logging_out_clears_the_cookie_and_signs_out_every_tab,
    ],
    headers: [policy_allows_requests_only_to_the_app],
};

/// Tests with AniAPI only.
const TESTS: &[(&str, Test)] = tests! {
    login_csrf: [link_with_the_attackers_code_does_not_log_in, link_with_the_attackers_code_does_not_affect_a_pending_login],
    replayed_state: [
        state_is_consumed_by_the_first_callback,
        state_of_a_finished_login_is_rejected,
    ],
    stale_state: [login_older_than_half_an_hour_is_rejected],
    swapped_state: [callback_is_accepted_only_in_the_tab_that_began_the_login],
    repeated_callback: [
        a_reload_after_the_login_sends_no_second_code,
        a_reload_during_the_exchange_sends_no_second_code,
        back_after_the_login_sends_no_second_code,
        a_callback_restored_from_the_back_forward_cache_sends_no_second_code,
        abandoned_callback_sends_no_second_code,
        a_callback_opened_in_two_tabs_at_once_sends_one_code,
        a_callback_opened_in_copies_of_the_tab_sends_one_code,
    ],
    code_injection: [
        anyone_with_a_code_can_use_it,
        victims_browser_cannot_be_made_to_use_a_code,
        stolen_code_expires_after_three_minutes,
    ],
    doubled_parameters: [ambiguous_callback_is_rejected],
    cross_site_post: [cross_site_post_never_reaches_the_provider],
    look_alike_origin: [
        page_of_a_look_alike_origin_exchanges_nothing,
        app_under_another_name_begins_no_login,
        callback_under_another_name_is_rejected,
    ],
    open_redirect: [
        address_parameters_do_not_redirect,
        tampered_return_path_is_ignored,
    ],
    leaked_code: [
        address_is_scrubbed_before_anything_is_sent,
        a_login_leaves_neither_code_nor_state_anywhere,
    ],
    framing: [the_app_does_not_start_in_a_frame],
    headers: [every_response_has_the_headers_of_the_template, policy_is_enforced],
    script_injection: [
        profile_is_shown_only_as_text,
        callback_and_address_contents_are_not_shown,
        configuration_is_shown_only_as_text,
        stored_data_is_not_executed,
        injected_script_does_not_run,
        no_text_becomes_markup,
        markup_of_these_tests_runs_without_the_policy,
    ],
    token_whereabouts: [token_is_only_in_the_tabs_session_storage],
    login: [
        a_person_logs_in_and_is_greeted_by_name,
        complete_login_causes_no_browser_warnings,
        wrong_password_is_reported_by_the_provider_and_can_be_corrected,
        state_is_fresh_unguessable_and_kept_in_the_tab,
        login_returns_to_where_it_began,
        both_callback_addresses_finish_a_login,
        unverified_email_is_reported,
        button_works_again_after_back_from_the_provider,
        a_double_click_begins_one_login,
        unknown_address_says_so_and_links_home,
    ],
    callback: [
        unsolicited_or_malformed_callback_is_rejected_and_sends_nothing,
        error_response_of_the_provider_is_reported,
        login_with_a_rejected_code_can_be_retried,
        the_longest_code_that_fits_an_address_is_sent,
        retry_keeps_the_return_path,
    ],
    session: [
        a_reload_keeps_the_person_signed_in,
        logging_out_ends_the_login,
        expired_session_ends_without_a_reload,
        session_that_expired_before_a_reload_has_ended,
        ended_session_does_not_hide_why_the_next_login_failed,
        session_of_thirty_days_does_not_end_at_once,
        token_rejected_by_the_provider_ends_the_session,
        back_after_logging_out_shows_the_signed_out_page,
        restored_page_shows_the_current_state,
    ],
    tabs: [
        new_tab_takes_the_session_over,
        new_tab_takes_over_no_ended_session,
        two_tabs_can_log_in_as_different_people,
        login_overtaken_by_another_tab_can_be_retried,
        logging_out_in_one_tab_signs_out_the_other,
        session_that_ends_in_one_tab_does_not_affect_others,
    ],
    habits: [
        a_double_click_on_log_out_does_not_log_in_again,
        late_second_click_does_not_log_in,
        pressing_twice_by_keyboard_presses_the_same_button,
        a_pressed_button_keeps_the_focus,
        retry_after_a_failed_configuration_only_loads_it_again,
        an_old_callback_leaves_a_person_signed_in,
        no_element_of_one_page_becomes_one_of_another,
        older_response_does_not_replace_a_newer_one,
        nothing_is_sent_with_the_token_after_logging_out,
        translated_page_keeps_its_texts_up_to_date,
        session_that_expired_during_sleep_has_ended,
        remaining_session_time_counts_down,
        waiting_time_counts_down,
        full_storage_does_not_restore_an_earlier_session,
        waiting_is_announced_and_the_focus_is_kept,
    ],
    shell: [
        shell_matches_the_persons_language_and_state,
        shell_explains_a_missing_app,
        failed_start_is_logged_to_the_console,
    ],
    faults: [
        profile_that_failed_to_load_can_be_loaded_again,
        provider_outage_during_the_exchange_is_reported,
        every_error_of_the_function_has_a_text,
        a_site_whose_webassembly_does_not_load_says_so,
        crashed_app_says_so_and_its_stack_trace_can_be_resolved,
    ],
    not_ours: [
        foreign_response_in_place_of_the_configuration_is_reported,
        foreign_response_in_place_of_a_token_is_reported,
        foreign_response_in_place_of_a_profile_leaves_the_person_signed_in,
        missing_response_is_reported_for_each_request,
        unavailable_function_is_reported_and_can_be_retried,
        function_outage_during_a_login_is_reported,
    ],
    doctor: [
        healthy_deployment_passes_every_check,
        each_fault_fails_its_check,
        open_function_and_unregistered_address_are_detected,
        missing_header_or_file_is_detected,
    ],
    weight: [
        app_and_first_visit_are_within_their_budgets,
        first_visit_requests_each_resource_once,
        return_from_the_provider_needs_only_the_page_and_the_exchange,
        nothing_moves_when_the_app_replaces_the_shell,
    ],
    looks: [
        axe_finds_nothing_in_any_state,
        every_text_has_enough_contrast_in_both_themes,
        no_state_overflows_when_narrow_or_with_large_text,
        every_state_is_rendered,
        a_person_logs_in_and_out_by_keyboard_only,
        chosen_theme_is_kept,
        app_uses_the_persons_language,
        app_continues_after_being_offline,
        long_wait_offers_a_way_out,
        request_id_can_be_copied,
        variables_are_named_only_to_developers,
    ],
    by_hand: [the_running_function_answers_each_event_file],
    edge: [edge_accepts_a_body_only_with_the_hash_that_the_app_sends],
    versions: [
        additional_members_of_a_newer_function_are_ignored,
        provider_unknown_to_the_page_signs_in_without_a_name,
        unknown_error_of_a_newer_function_is_reported,
        missing_members_of_an_older_function_are_reported,
        stored_data_of_another_version_breaks_nothing,
    ],
    odd_browser: [
        first_supported_language_is_used,
        an_older_browser_logs_in,
        no_script_needs_the_newest_syntax,
        browser_with_an_invalid_language_tag_shows_the_session_end,
        failing_storage_is_reported,
        full_storage_after_the_exchange_signs_in_for_this_page,
        blocked_storage_is_reported,
        cleared_storage_ends_the_session,
        clock_that_is_an_hour_off_does_not_matter,
        clock_jump_during_a_login_needs_only_a_retry,
    ],
    django: [a_person_logs_in_refuses_and_logs_in_again],
    certified: [
        person_logs_in_with_the_stack_of_dev,
        each_client_auth_method_works_with_and_without_pkce,
        neither_refresh_token_nor_id_token_reaches_the_browser,
        callback_with_a_wrong_or_missing_iss_is_rejected,
        callback_without_iss_is_accepted_if_no_issuer_is_configured,
        printed_variables_match_the_servers_metadata,
        doctor_reports_what_the_server_rejects,
    ],
    certified_refusals: [
        refused_access_is_reported_as_a_cancelled_login,
        login_with_an_expired_code_can_be_retried,
        reused_code_is_rejected_and_ends_the_session,
        code_with_the_verifier_of_another_login_is_rejected,
        server_that_requires_pkce_rejects_logins_without_it,
        rejected_client_is_reported_and_the_log_names_the_variables,
    ],
    // Last, because it examines all logs and responses of this run.
    leaked_secrets: [no_site_file_log_or_response_has_a_secret],
};
