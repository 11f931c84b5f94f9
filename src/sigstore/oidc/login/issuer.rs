//! An issuer's discovery document (OpenID Connect Discovery, section 4).

use reqwest::Url;
use serde::Deserialize;

use crate::http::{Secret, Web};
use crate::sigstore::oidc::ask::{Question, place};
use crate::sigstore::oidc::error::Reason;

/// An issuer that said where its endpoints are.
pub(super) struct Issuer {
    /// Its name, as tokens have it in `iss`.
    pub(super) name: String,
    pub(super) authorization: Option<Url>,
    pub(super) device: Option<Url>,
    token: Url,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    #[serde(default)]
    authorization_endpoint: Option<String>,
    token_endpoint: String,
    #[serde(default)]
    device_authorization_endpoint: Option<String>,
}

impl Issuer {
    /// Asks `issuer` where its endpoints are. It has to call itself by the name that it was asked by: otherwise it could
    /// hand out tokens that look like another issuer's.
    pub(super) fn discover(issuer: &Url, web: &Web) -> Result<Self, Reason> {
        // A URL writes a bare host with a slash at the end; an issuer's name has none.
        let name = match issuer.path() {
            "/" => issuer.as_str().trim_end_matches('/'),
            _ => issuer.as_str(),
        };
        let url = format!("{}/.well-known/openid-configuration", name.trim_end_matches('/'));
        let url = Url::parse(&url)
            .map_err(|_| Reason::Configuration(format!("{name} is not the address of an issuer")))?;
        let document: Document = Question::get(&url).answer(web)?;
        if document.issuer != name {
            return Err(Reason::Configuration(format!(
                "{name} was asked, and it calls itself {}: give its own name",
                document.issuer
            )));
        }
        let endpoint = |text: String| {
            let address = Url::parse(&text)
                .map_err(|_| Reason::Configuration(format!("{name} names an endpoint that is no address")))?;
            web.check_address(&address).map_err(|kind| {
                Reason::Configuration(format!("{}, an endpoint of {name}: {kind}", place(&address)))
            })?;
            Ok::<_, Reason>(address)
        };
        Ok(Self {
            name: name.to_owned(),
            token: endpoint(document.token_endpoint)?,
            authorization: document.authorization_endpoint.map(endpoint).transpose()?,
            device: document.device_authorization_endpoint.map(endpoint).transpose()?,
        })
    }

    /// A request to the token endpoint, as the client. With a secret it says who it is by HTTP authentication (RFC 6749,
    /// section 2.3.1), else in the form.
    pub(super) fn token_request<'a>(
        &'a self,
        client: &'a str,
        secret: Option<&Secret>,
        fields: &[(&str, &str)],
    ) -> Result<Question<'a>, Reason> {
        let mut all = fields.to_vec();
        all.push(("client_id", client));
        let question = Question::form(&self.token, &all);
        match secret {
            Some(secret) => question.basic(client, secret),
            None => Ok(question),
        }
    }
}
