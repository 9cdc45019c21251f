//! The account by itself: no REST, no gateway.

#![allow(clippy::unwrap_used, reason = "what was just made is there")]

use serde_json::json;

use super::credentials::{Change, Wanted};
use super::profile::Whose;
use super::*;

const HOOK: &str = "http://127.0.0.1:8080/webhooks/telnyx";

fn day_one() -> Moment {
    Moment::from_micros(1_800_000_000_000_000)
}

fn hours(hours: u64) -> Moment {
    day_one().plus(Duration::from_hours(hours))
}

fn account() -> Account {
    Account::new(Seed(1), HOOK, day_one())
}

fn credential(account: &mut Account, expires_at: Option<Moment>) -> Credential {
    let connection_id = seeded::connection_id(Seed(1));
    let wanted = Wanted { connection_id, expires_at, ..Wanted::default() };
    account.credentials.create(wanted, day_one()).unwrap().clone()
}

#[test]
fn a_fresh_account_has_what_a_first_call_needs() {
    let account = account();
    let connection = account.connection(&seeded::connection_id(Seed(1))).unwrap();
    assert_eq!(connection.webhook.url.as_deref(), Some(HOOK));
    assert_eq!(connection.webhook.timeout, WEBHOOK_TIMEOUT);
    assert!(connection.active && !connection.parking);

    let application = account.application(&seeded::application_id(Seed(1))).unwrap();
    assert_eq!(application.webhook.url.as_deref(), Some(HOOK));
    assert_eq!(application.profile_id, connection.profile_id);

    let profile = account.profile(connection.profile_id.as_deref().unwrap()).unwrap();
    assert_eq!(profile.recording.whose, Whose::Everyones);
    assert!(profile.recording.covers("+12025550142"));
    assert_eq!(
        account.number("+12025550144").unwrap().connection_id.as_ref(),
        Some(&connection.id)
    );
}

#[test]
fn a_reset_puts_settings_back_and_keeps_the_credentials() {
    let mut account = account();
    let id = seeded::connection_id(Seed(1));
    let kept = credential(&mut account, None);
    let parked = json!({ "outbound": { "call_parking_enabled": true } });
    account.change::<CredentialConnection>(&id, &parked, day_one()).unwrap();
    assert!(account.connection(&id).unwrap().parking);

    let body = json!({ "connection_name": "other", "user_name": "other", "password": "12345678" });
    let other = account.create::<CredentialConnection>(&body, day_one()).unwrap();
    let wanted = Wanted { connection_id: other.clone(), ..Wanted::default() };
    let gone = account.credentials.create(wanted, day_one()).unwrap().id.clone();

    account.reset();
    assert!(!account.connection(&id).unwrap().parking);
    assert!(account.connection(&other).is_none());
    assert!(account.credentials.get(&kept.id).is_some());
    assert!(account.credentials.get(&gone).is_none());
}

#[test]
fn a_token_signs_its_credential_in_for_a_day() {
    let mut account = account();
    let made = credential(&mut account, None);
    let token = account.credentials.token(&made.id, day_one()).unwrap();
    assert_eq!(account.by_token(&token, hours(23)), Ok(made.sip_username));
    assert_eq!(account.by_token(&token, hours(24)), Err(LoginRefused::Expired));
}

#[test]
fn a_token_ends_with_its_credential() {
    let mut account = account();
    let made = credential(&mut account, Some(hours(2)));
    let token = account.credentials.token(&made.id, day_one()).unwrap();
    assert!(account.by_token(&token, hours(1)).is_ok());
    assert_eq!(account.by_token(&token, hours(2)), Err(LoginRefused::Expired));
    assert_eq!(
        account.by_password(&made.sip_username, &made.sip_password, hours(2)),
        Err(LoginRefused::Unknown)
    );

    let token = account.credentials.token(&made.id, hours(3));
    assert_eq!(token, Err(ApiError::CredentialExpired));
    let renewed = Change { expires_at: Some(hours(9)), ..Change::default() };
    let changed = account.credentials.change(&made.id, renewed, hours(3)).map(drop);
    assert_eq!(changed, Err(ApiError::CredentialExpired));
    assert!(account.credentials.delete(&made.id).is_ok());
}

#[test]
fn a_token_that_was_touched_or_whose_credential_is_gone_signs_nobody_in() {
    let mut account = account();
    let id = credential(&mut account, None).id;
    let token = account.credentials.token(&id, day_one()).unwrap();
    let touched = token.replacen('.', ".e", 1);
    assert_eq!(account.by_token(&touched, day_one()), Err(LoginRefused::Unknown));
    assert_eq!(account.by_token("nonsense", day_one()), Err(LoginRefused::Unknown));

    account.credentials.delete(&id).unwrap();
    assert_eq!(account.by_token(&token, day_one()), Err(LoginRefused::Unknown));
    assert_eq!(account.credentials.token(&id, day_one()), Err(ApiError::NotFound));
}

#[test]
fn a_password_has_to_belong_to_its_user() {
    let mut account = account();
    let made = credential(&mut account, None);
    let connection = account.connection(&seeded::connection_id(Seed(1))).unwrap().clone();
    for (user, password) in
        [(&made.sip_username, &made.sip_password), (&connection.user_name, &connection.password)]
    {
        assert_eq!(account.by_password(user, password, day_one()).as_ref(), Ok(user));
        assert_eq!(account.by_password(user, "no", day_one()), Err(LoginRefused::Unknown));
        assert_eq!(account.connection_of_user(user), Some(&connection));
    }
    assert_eq!(account.users_of(&connection), [&connection.user_name, &made.sip_username]);
}

#[test]
fn nobody_signs_in_to_a_connection_that_is_switched_off() {
    let mut account = account();
    let made = credential(&mut account, None);
    let token = account.credentials.token(&made.id, day_one()).unwrap();
    let id = seeded::connection_id(Seed(1));
    account.change::<CredentialConnection>(&id, &json!({ "active": false }), day_one()).unwrap();
    assert_eq!(account.by_token(&token, day_one()), Err(LoginRefused::Unknown));
}

#[test]
fn a_tag_holds_a_thousand_credentials() {
    let mut account = account();
    let tagged = || Wanted { tag: Some("agents".to_owned()), ..Wanted::default() };
    for _ in 0..1000 {
        account.credentials.create(tagged(), day_one()).unwrap();
    }
    assert_eq!(account.credentials.create(tagged(), day_one()).map(drop), Err(ApiError::TagFull));
    assert!(account.credentials.create(Wanted::default(), day_one()).is_ok());
}

#[test]
fn what_belongs_together_has_to_exist_and_goes_together() {
    let mut account = account();
    let id = seeded::connection_id(Seed(1));
    let profile = seeded::profile_id(Seed(1));
    let unknown = json!({ "outbound": { "outbound_voice_profile_id": "7" } });
    let field = "outbound.outbound_voice_profile_id".to_owned();
    assert_eq!(
        account.change::<CredentialConnection>(&id, &unknown, day_one()),
        Err(ApiError::NoAssociate { field })
    );
    assert_eq!(account.delete_profile(&profile), Err(ApiError::InUse));

    let made = credential(&mut account, None);
    account.delete_connection(&id, day_one()).unwrap();
    assert!(account.credentials.get(&made.id).is_none());
    assert_eq!(account.number("+12025550142").unwrap().connection_id, None);
    account.delete_application(&seeded::application_id(Seed(1)), day_one()).unwrap();
    assert_eq!(account.delete_profile(&profile), Ok(()));
}
