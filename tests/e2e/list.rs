//! The tests, each by the file that it is in and its name. One that is missing here is dead code, which is an error.

use std::pin::Pin;

use anyhow::Result;
use browser::driver::Engine;
use browser::stacks::Setting;
use browser::world::World;

use crate::attacks::{
    code_injection, cross_site_post, doubled_parameters, framing, leaked_code, leaked_secrets, login_csrf,
    look_alike_origin, mix_up, open_redirect, repeated_callback, replayed_state, script_injection, stale_state,
    swapped_state, token_whereabouts,
};
use crate::openid::{certified, certified_refusals, django};
use crate::{
    by_hand, callback, doctor, edge, faults, habits, headers, login, looks, not_ours, odd_browser, own_app, providers,
    session, shell, tabs, versions, weight,
};

/// A test, as a person before the stack that it wants.
pub type Test = fn(World) -> Pin<Box<dyn Future<Output = Result<()>>>>;

/// A test, where it runs, and in which browser.
#[derive(Clone, Copy)]
pub struct Entry {
    pub name: &'static str,
    pub test: Test,
    pub setting: Setting,
    pub engine: Engine,
}

/// All of them. The last one looks at everything that was logged in this run, so Chromium's come last.
pub fn all() -> Vec<Entry> {
    let settings = [
        (WITH_ALL, Setting::AllProviders),
        (TOLD_APART_BY_ISSUER, Setting::ToldApartByIssuer),
        (NOT_TOLD_APART, Setting::NotToldApart),
        (WITH_OWN_APP, Setting::OwnApp),
        (WITH_OWN_APP_ROUTER, Setting::OwnAppRouter),
        (TESTS, Setting::AniApi),
    ];
    let in_chromium = settings.into_iter().flat_map(|(tests, setting)| {
        tests.iter().map(move |&(name, test)| Entry { name, test, setting, engine: Engine::Chromium })
    });
    let in_others = in_chromium.clone().filter(|entry| is_core(entry.name)).collect::<Vec<_>>();
    [Engine::Firefox, Engine::WebKit]
        .into_iter()
        .flat_map(|engine| in_others.iter().map(move |entry| Entry { engine, ..*entry }))
        .filter(|entry| entry.engine != Engine::WebKit || !NOT_IN_WEBKIT.contains(&entry.name))
        .chain(in_chromium)
        .collect()
}

fn is_core(name: &str) -> bool {
    CORE.iter().any(|core| name == *core || name.strip_prefix(core).is_some_and(|rest| rest.starts_with("::")))
}

/// What every engine has to do: whole files, or single tests.
const CORE: &[&str] = &[
    "login::a_person_logs_in_and_is_greeted_by_name",
    "login::a_wrong_password_is_told_by_the_provider_and_can_be_mended",
    "login::the_state_is_fresh_unguessable_and_remembered_in_the_tab",
    "login::the_way_back_leads_to_where_the_login_began",
    "login::both_callback_addresses_finish_a_login",
    "login::an_unverified_email_is_told_as_what_it_is",
    "login::back_from_the_provider_and_the_button_works_again",
    "login::a_double_click_begins_one_login",
    "login::an_unknown_address_says_so_and_leads_home",
    "callback",
    "session",
    "tabs",
    "repeated_callback::a_reload_after_the_login_sends_no_second_code",
    "repeated_callback::a_reload_during_the_exchange_sends_no_second_code",
    "repeated_callback::back_after_the_login_sends_no_second_code",
    "repeated_callback::a_callback_opened_in_copies_of_the_tab_sends_one_code",
    "habits::a_double_click_on_log_out_does_not_log_in_again",
    "habits::pressing_twice_by_keyboard_presses_the_same_button",
    "habits::an_old_callback_leaves_a_person_signed_in",
    "odd_browser::a_browser_that_keeps_nothing_is_told",
    "odd_browser::a_storage_that_is_emptied_ends_the_login",
    "token_whereabouts",
    "framing",
    "headers",
    "edge",
    "certified::a_person_logs_in_before_the_stack_of_dev",
    "certified::neither_refresh_token_nor_id_token_reaches_the_browser",
];

/// WebKit's driver loses the page when Back leads to another site, and does not let a page open windows.
const NOT_IN_WEBKIT: &[&str] = &[
    "repeated_callback::a_callback_opened_in_copies_of_the_tab_sends_one_code",
    "login::back_from_the_provider_and_the_button_works_again",
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

/// The tests of several providers at once.
const WITH_ALL: &[(&str, Test)] = tests! {
    providers: [
        each_provider_has_a_button_of_its_own,
        a_person_logs_in_with_each_provider,
        a_login_that_is_cancelled_is_told_and_can_be_tried_again,
        a_token_that_a_provider_no_longer_accepts_ends_the_login,
        a_code_that_is_over_is_told_and_can_be_tried_again,
        a_code_that_the_provider_never_gave_is_told,
        a_refresh_token_never_reaches_the_browser,
    ],
    habits: [trying_again_goes_to_the_provider_that_was_chosen],
    mix_up: [
        two_logins_at_once_are_each_finished_with_their_own_provider,
        a_code_of_another_provider_is_not_taken_to_it,
        an_answer_without_a_login_of_this_tab_is_nobodys,
        a_redirect_uri_of_its_own_keeps_a_code_from_another_provider,
        an_own_redirect_uri_with_the_name_of_another_server_is_not_believed,
    ],
};

const TOLD_APART_BY_ISSUER: &[(&str, Test)] = tests! {
    mix_up: [iss_keeps_a_code_from_another_provider],
};

const NOT_TOLD_APART: &[(&str, Test)] = tests! {
    mix_up: [without_a_defence_a_code_reaches_another_provider],
};

/// The tests of an app that takes the login over.
const WITH_OWN_APP: &[(&str, Test)] = tests! {
    own_app: [
        a_person_logs_in_is_known_to_aniapi_and_logs_out,
        a_login_that_fails_is_told_and_can_be_tried_again,
        a_token_that_aniapi_no_longer_accepts_ends_the_login,
        an_answer_that_does_not_come_or_is_about_the_person_leaves_them_signed_in,
        no_request_carries_an_expired_token,
        a_login_that_was_given_up_does_not_leave_later,
        an_app_of_ones_own_that_does_not_start_says_so,
    ],
};

/// The tests of one that has a router.
const WITH_OWN_APP_ROUTER: &[(&str, Test)] = tests! {
    own_app: [a_router_knows_where_the_person_is, with_a_router_a_login_that_fails_is_told_once],
};

/// The tests with AniAPI alone.
const TESTS: &[(&str, Test)] = tests! {
    login_csrf: [a_link_with_the_attackers_code_logs_nobody_in, nor_does_it_while_a_login_is_on_its_way],
    replayed_state: [
        a_state_is_used_up_by_the_first_callback_that_names_it,
        a_state_that_logged_somebody_in_is_worth_nothing_more,
    ],
    stale_state: [a_login_older_than_half_an_hour_is_refused],
    swapped_state: [an_answer_is_believed_only_in_the_tab_that_asked],
    repeated_callback: [
        a_reload_after_the_login_sends_no_second_code,
        a_reload_during_the_exchange_sends_no_second_code,
        back_after_the_login_sends_no_second_code,
        a_callback_restored_from_the_back_forward_cache_sends_no_second_code,
        a_callback_that_was_left_half_way_sends_no_second_code,
        a_callback_opened_in_two_tabs_at_once_sends_one_code,
        a_callback_opened_in_copies_of_the_tab_sends_one_code,
    ],
    code_injection: [
        whoever_has_a_code_can_use_it,
        but_nobody_else_can_be_made_to_use_it,
        and_not_for_longer_than_three_minutes,
    ],
    doubled_parameters: [an_answer_that_can_be_read_in_two_ways_is_not_used],
    cross_site_post: [no_way_to_post_from_another_site_reaches_the_provider],
    look_alike_origin: [
        a_page_of_an_origin_like_ours_exchanges_nothing,
        the_app_under_another_name_sends_nobody_away,
        a_callback_under_another_name_is_not_believed,
    ],
    open_redirect: [
        an_address_that_names_another_place_is_only_an_address,
        a_place_that_was_tampered_with_is_not_gone_to,
    ],
    leaked_code: [
        the_address_holds_neither_code_nor_state_before_anything_is_sent,
        a_login_leaves_neither_code_nor_state_anywhere,
    ],
    framing: [the_app_does_not_start_in_a_frame],
    headers: [every_answer_carries_the_headers_of_the_template, the_policy_is_enforced],
    script_injection: [
        what_a_profile_says_is_text_and_nothing_else,
        what_a_callback_and_an_address_say_is_not_shown,
        what_the_configuration_says_is_text,
        what_the_storage_holds_is_not_run,
        a_script_that_is_not_ours_does_not_run,
        no_text_becomes_markup,
        the_markup_of_these_tests_runs_where_it_is_markup,
    ],
    token_whereabouts: [the_token_is_in_the_tabs_own_storage_and_nowhere_else],
    login: [
        a_person_logs_in_and_is_greeted_by_name,
        a_whole_login_gives_the_browser_nothing_to_complain_of,
        a_wrong_password_is_told_by_the_provider_and_can_be_mended,
        the_state_is_fresh_unguessable_and_remembered_in_the_tab,
        the_way_back_leads_to_where_the_login_began,
        both_callback_addresses_finish_a_login,
        an_unverified_email_is_told_as_what_it_is,
        back_from_the_provider_and_the_button_works_again,
        a_double_click_begins_one_login,
        an_unknown_address_says_so_and_leads_home,
    ],
    callback: [
        a_callback_that_nobody_asked_for_is_refused_and_sends_nothing,
        a_provider_that_says_no_is_told,
        a_code_that_the_provider_refuses_can_be_tried_again,
        the_longest_code_that_fits_an_address_is_sent,
        trying_again_keeps_the_place_to_come_back_to,
    ],
    session: [
        a_reload_keeps_the_person_signed_in,
        logging_out_ends_the_login,
        a_login_that_expires_is_over_without_a_reload,
        a_login_that_expired_while_the_page_was_away_is_over,
        a_login_that_has_ended_does_not_hide_why_the_next_one_failed,
        a_login_of_thirty_days_does_not_end_at_once,
        a_token_that_the_provider_no_longer_accepts_ends_the_login,
        back_after_logging_out_shows_nobody,
        a_page_that_comes_back_looks_at_what_is_true_now,
    ],
    tabs: [
        two_tabs_each_have_a_login_of_their_own,
        a_login_that_another_tab_has_overtaken_can_be_tried_again,
        logging_out_in_one_tab_logs_out_the_other,
        a_session_that_ends_in_one_tab_leaves_the_other_ones,
    ],
    habits: [
        a_double_click_on_log_out_does_not_log_in_again,
        pressing_twice_by_keyboard_presses_the_same_button,
        a_pressed_button_keeps_the_focus,
        trying_again_after_the_configuration_failed_only_asks_for_it,
        an_old_callback_leaves_a_person_signed_in,
        no_element_of_one_page_becomes_one_of_another,
        an_older_answer_replaces_no_newer_one,
        nothing_is_sent_with_the_token_after_logging_out,
        a_translated_page_goes_on_saying_what_its_buttons_do,
        a_session_that_ended_while_the_machine_slept_is_over,
        the_end_of_a_session_counts_down,
        the_time_to_wait_counts_down,
        a_full_storage_does_not_bring_an_earlier_session_back,
        waiting_is_announced_and_the_focus_stays,
    ],
    shell: [
        the_shell_is_that_of_the_person,
        the_shell_explains_itself_if_the_app_does_not_come,
        a_start_that_fails_is_in_the_console,
    ],
    faults: [
        a_profile_that_does_not_load_can_be_loaded_again,
        a_provider_that_is_down_during_the_exchange_is_told,
        every_refusal_of_the_function_is_a_sentence,
        a_site_whose_webassembly_does_not_load_says_so,
        an_app_that_has_crashed_says_so_and_its_trace_can_be_read,
    ],
    not_ours: [
        whatever_comes_in_place_of_the_configuration_is_told,
        whatever_comes_in_place_of_a_token_is_told,
        whatever_comes_in_place_of_a_profile_leaves_the_person_signed_in,
        no_answer_at_all_is_told_at_each_request,
        a_function_that_is_down_is_told_and_can_be_tried_again,
        a_function_that_goes_down_during_a_login_is_told,
    ],
    doctor: [
        a_healthy_deployment_is_told_so,
        each_fault_turns_its_check_red,
        an_open_function_and_an_address_that_is_not_registered_are_found_out,
        a_site_without_a_header_or_a_file_is_found_out,
    ],
    weight: [
        the_app_and_a_first_visit_weigh_no_more_than_they_may,
        a_first_visit_asks_once_for_all_that_the_page_names,
        coming_back_takes_the_page_and_the_exchange_and_nothing_else,
        nothing_moves_when_the_app_takes_the_place_of_the_shell,
    ],
    looks: [
        axe_finds_nothing_in_any_state,
        every_text_can_be_read_in_both_themes,
        no_state_breaks_when_it_is_narrow_or_its_text_is_large,
        every_state_shows_what_it_says,
        a_person_logs_in_and_out_by_keyboard_alone,
        a_theme_that_was_chosen_stays,
        a_person_reads_their_own_language,
        whoever_comes_back_from_being_offline_goes_on,
        whoever_waits_too_long_has_a_way_out,
        the_number_of_a_request_can_be_copied,
        only_whoever_sets_the_app_up_reads_of_variables,
    ],
    by_hand: [the_running_function_answers_each_event_file],
    edge: [an_edge_that_signs_a_body_by_its_hash_takes_the_apps_exchange],
    versions: [
        a_newer_function_that_says_more_is_understood,
        a_provider_that_only_a_newer_page_knows_signs_in_without_a_name,
        a_newer_function_that_wants_more_is_told_as_that,
        an_older_function_that_says_less_is_told,
        what_another_version_left_in_the_storage_breaks_nothing,
    ],
    odd_browser: [
        the_first_language_that_there_is_counts,
        an_older_browser_logs_in,
        no_script_needs_the_newest_syntax,
        a_browser_whose_language_is_no_language_tag_shows_the_end_of_the_login,
        a_browser_that_keeps_nothing_is_told,
        a_browser_whose_storage_is_full_at_the_end_signs_in_for_this_page,
        a_browser_that_forbids_storage_is_told,
        a_storage_that_is_emptied_ends_the_login,
        a_clock_that_is_an_hour_off_does_not_matter,
        a_clock_that_jumps_costs_a_new_attempt_and_no_more,
    ],
    django: [a_person_logs_in_refuses_and_logs_in_again],
    certified: [
        a_person_logs_in_before_the_stack_of_dev,
        each_way_to_authenticate_works_with_a_proof_and_without,
        neither_refresh_token_nor_id_token_reaches_the_browser,
        a_callback_that_does_not_name_the_right_issuer_is_not_believed,
        a_server_that_does_not_name_itself_is_believed_where_nobody_asks_for_it,
        what_the_server_says_of_itself_is_what_the_function_is_told,
        the_doctor_tells_what_the_server_refuses,
    ],
    certified_refusals: [
        a_person_who_refuses_is_told_that_the_login_was_cancelled,
        a_code_that_is_too_old_can_be_tried_again,
        a_code_that_is_used_again_gets_nothing_and_ends_the_login,
        a_code_with_the_verifier_of_another_login_gets_nothing,
        a_server_that_wants_a_proof_takes_no_login_without,
        a_client_that_is_not_accepted_is_told_and_the_log_says_what_to_mend,
    ],
    // Last, as it looks at all that was said in this run.
    leaked_secrets: [neither_site_nor_log_nor_answer_holds_a_secret],
};
