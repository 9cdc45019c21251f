//! Signing in at an `OpenID` Connect provider: the authorisation code flow with PKCE.
//!
//! Whose verified address of mail is an agent's name is that agent; by the settings it is `preferred_username` instead, which
//! some providers let people choose. Nobody is made an agent by it: `tono agent add` does that.

use axum::extract::{Query, State};
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest, HttpResponse, IssuerUrl,
    Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse as _,
};
use serde::Deserialize;

use super::{cookie_named, digest, open_session};
use crate::app::App;
use crate::config::Provider;
use crate::error::ApiError;
use crate::store::SignInUnderWay;

/// The cookie that says that this browser began the sign-in.
const COOKIE_NAME: &str = "tono_sign_in";

/// How long somebody may take at the provider, in seconds.
const LIFE: u64 = 10 * 60;

/// The largest answer of a provider that is read, in bytes.
const LARGEST: usize = 1024 * 1024;

/// What the browser brings back.
#[derive(Deserialize)]
pub(super) struct Back {
    code: Option<String>,
    state: Option<String>,
}

/// Why the provider could not be asked.
#[derive(Debug, thiserror::Error)]
enum Unasked {
    #[error("{0}")]
    Http(String),
    #[error("its answer is too large")]
    TooLarge,
}

/// Sends the browser to the provider.
pub(super) async fn start(State(app): State<App>) -> Result<impl IntoResponse, ApiError> {
    let provider = app.config.provider.as_ref().ok_or(ApiError::NotFound)?;
    let metadata = discover(provider, &app.provider_client).await?;
    let client = CoreClient::from_provider_metadata(
        metadata,
        ClientId::new(provider.client_id.clone()),
        None,
    )
    .set_redirect_uri(redirect(provider)?);
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, state, nonce) = client
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            CsrfToken::new_random,
            Nonce::new_random,
        )
        .add_scope(Scope::new("email".to_owned()))
        .add_scope(Scope::new("profile".to_owned()))
        .set_pkce_challenge(challenge)
        .url();
    let now = app.clock.now();
    let begun = SignInUnderWay { nonce: nonce.secret().clone(), verifier: verifier.into_secret() };
    app.store.begin_sign_in(digest(state.secret()), &begun, now, now.after(LIFE * 1000)).await?;
    // Lax: the provider sends the browser back, which is another site's doing.
    let cookie = flow_cookie(provider, state.secret(), LIFE);
    Ok((StatusCode::SEE_OTHER, [(LOCATION, url.to_string()), (SET_COOKIE, cookie)]))
}

/// Takes the browser back, signed in or not.
pub(super) async fn back(
    State(app): State<App>,
    headers: HeaderMap,
    Query(back): Query<Back>,
) -> Result<impl IntoResponse, ApiError> {
    let provider = app.config.provider.as_ref().ok_or(ApiError::NotFound)?;
    let (Some(code), Some(state)) = (back.code, back.state) else {
        return Err(ApiError::NotHandedOver);
    };
    let now = app.clock.now();
    let ours = cookie_named(&headers, COOKIE_NAME).is_some_and(|own| digest(own) == digest(&state));
    let begun = app.store.take_sign_in(digest(&state), now).await?;
    let (true, Some(begun)) = (ours, begun) else { return Err(ApiError::NotHandedOver) };

    let agent = vouched_for(&app, provider, code, begun).await?;
    let session = open_session(&app, &headers, &agent).await?;
    let mut answer = (StatusCode::SEE_OTHER, [(LOCATION, "/")]).into_response();
    for cookie in [session, flow_cookie(provider, "", 0)] {
        if let Ok(cookie) = cookie.parse() {
            answer.headers_mut().append(SET_COOKIE, cookie);
        }
    }
    Ok(answer)
}

/// The agent the provider vouches for.
async fn vouched_for(
    app: &App,
    provider: &Provider,
    code: String,
    begun: SignInUnderWay,
) -> Result<String, ApiError> {
    let http = &app.provider_client;
    let metadata = discover(provider, http).await?;
    let client = CoreClient::from_provider_metadata(
        metadata,
        ClientId::new(provider.client_id.clone()),
        Some(ClientSecret::new(provider.client_secret.0.clone())),
    )
    .set_redirect_uri(redirect(provider)?);
    let asking = |request: HttpRequest| ask(http.clone(), request);
    let answer = client
        .exchange_code(AuthorizationCode::new(code))
        .map_err(|error| ApiError::Provider(error.to_string()))?
        .set_pkce_verifier(PkceCodeVerifier::new(begun.verifier))
        .request_async(&asking)
        .await
        .map_err(|error| {
            tracing::warn!("the provider gave no token: {error}");
            ApiError::NotHandedOver
        })?;
    let token = answer.id_token().ok_or(ApiError::NotHandedOver)?;
    let claims =
        token.claims(&client.id_token_verifier(), &Nonce::new(begun.nonce)).map_err(|error| {
            tracing::warn!("the provider's token is not good: {error}");
            ApiError::NotHandedOver
        })?;
    let name = if provider.by_username {
        claims.preferred_username().map(|name| name.as_str())
    } else {
        let verified = claims.email_verified() == Some(true);
        claims.email().map(|mail| mail.as_str()).filter(|_| verified)
    };
    let name = name.filter(|name| !name.contains('\0')).ok_or(ApiError::NotHandedOver)?;
    match app.store.account(name).await? {
        Some(account) if !account.disabled => Ok(account.name),
        Some(_) | None => Err(ApiError::NotHandedOver),
    }
}

async fn discover(
    provider: &Provider,
    http: &reqwest::Client,
) -> Result<CoreProviderMetadata, ApiError> {
    let issuer = IssuerUrl::new(provider.issuer.clone())
        .map_err(|error| ApiError::Provider(error.to_string()))?;
    let asking = |request: HttpRequest| ask(http.clone(), request);
    CoreProviderMetadata::discover_async(issuer, &asking)
        .await
        .map_err(|error| ApiError::Provider(error.to_string()))
}

/// Asks the provider; what it answers is not followed elsewhere.
async fn ask(http: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, Unasked> {
    let failed = |error: reqwest::Error| Unasked::Http(error.without_url().to_string());
    let request = request.try_into().map_err(failed)?;
    let mut answer = http.execute(request).await.map_err(failed)?;
    let mut built = axum::http::Response::builder().status(answer.status());
    if let Some(headers) = built.headers_mut() {
        *headers = answer.headers().clone();
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(failed)? {
        if body.len() + chunk.len() > LARGEST {
            return Err(Unasked::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    built.body(body).map_err(|error| Unasked::Http(error.to_string()))
}

fn redirect(provider: &Provider) -> Result<RedirectUrl, ApiError> {
    RedirectUrl::new(format!("{}/api/oidc/back", provider.own_url))
        .map_err(|error| ApiError::Provider(error.to_string()))
}

fn flow_cookie(provider: &Provider, value: &str, seconds: u64) -> String {
    let secure = if provider.own_url.starts_with("https:") { "; Secure" } else { "" };
    format!(
        "{COOKIE_NAME}={value}; Max-Age={seconds}; Path=/api/oidc; HttpOnly; SameSite=Lax{secure}"
    )
}
