//! Acting for another service account.

use std::path::Path;

use super::*;
use crate::sigstore::oidc::Surroundings;

#[allow(dead_code, reason = "shared with the integration tests, which use more of it")]
#[path = "../../../../../tests/support/service.rs"]
mod service;
use service::{Act, Service};

#[test]
fn another_account_is_asked_for_with_the_machines_own_access() {
    let server = Service::start(
        |request, _| match (request.method.as_str(), request.target.as_str()) {
            ("GET", "/computeMetadata/v1/instance/service-accounts/default/token")
                if request.header("metadata-flavor") == Some("Google") =>
            {
                Act::body(
                    200,
                    r#"{"access_token":"access","expires_in":1,"token_type":"Bearer"}"#,
                )
            }
            ("POST", "/v1/projects/-/serviceAccounts/ci@p.iam.gserviceaccount.com:generateIdToken")
                if request.header("authorization") == Some("Bearer access")
                    && request.body == br#"{"audience":"sigstore","includeEmail":true}"# =>
            {
                Act::body(200, r#"{"token":"a.b.c"}"#)
            }
            _ => Act::status(404),
        },
    );
    let host = server.url().replace("http://", "");
    let variable = |name: &str| (name == "GCE_METADATA_HOST").then(|| host.clone());
    let run = |_: &str, _: &[&str]| Err(String::new());
    let around = Surroundings {
        variable: &variable,
        run: &run,
        token_path: Path::new("/nonexistent"),
        product_name_path: Path::new("/nonexistent"),
    };
    let web = Web::new(WebConfig::default()).unwrap();
    let asking = Asking {
        audience: "sigstore",
        around: &around,
        web: &web,
    };
    let token = request(&asking, Some("ci@p.iam.gserviceaccount.com"), &server.url()).unwrap();
    assert_eq!(token, Secret::new("a.b.c"));
    let error = request(&asking, Some("../../x"), &server.url()).unwrap_err();
    assert!(error.to_string().contains("no e-mail address"), "{error}");
}
