//! Who signs when it is not a key: the flags that say where the identity token comes from.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::Url;

use super::output::to_stderr;
use super::{Global, Problem, password};
use crate::http::{Secret, Web};
use crate::report::visible;
use crate::sigstore::oidc::ambient::{PRODUCT_NAME_PATH, TOKEN_PATH};
use crate::sigstore::oidc::login::{BROWSER_TIMEOUT, DEFAULT_REDIRECT, PUBLIC_ISSUER};
use crate::sigstore::oidc::{
    AUDIENCE, LoginOptions, Obtained, OidcError, Person, Surroundings, TokenRequest, obtain, read_token,
    run_tool,
};

/// Where the identity token comes from.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Identity")]
pub(crate) struct IdentityArgs {
    /// File with an identity token; `-` is standard input [default: what the surroundings offer (SIGSTORE_ID_TOKEN, the
    /// CI system, the cloud), else a login in the browser]
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["oidc_issuer", "oidc_client_secret_file", "oidc_redirect_url", "oidc_device", "no_browser"]
    )]
    identity_token_file: Option<PathBuf>,
    /// Log in at this issuer, whatever the surroundings offer
    #[arg(long, value_name = "URL")]
    oidc_issuer: Option<Url>,
    /// Client id for a login, and the audience that every token has to have
    #[arg(long, value_name = "ID", default_value = AUDIENCE)]
    oidc_client_id: String,
    /// Log in as a client whose secret is the first line of this file
    #[arg(long, value_name = "FILE")]
    oidc_client_secret_file: Option<PathBuf>,
    /// Log in, and come back to this address on loopback [default: http://localhost:0/auth/callback]
    #[arg(long, value_name = "URL", conflicts_with = "oidc_device")]
    oidc_redirect_url: Option<Url>,
    /// Log in with a code that is entered on any device
    #[arg(long)]
    oidc_device: bool,
    /// Log in, and show the address instead of opening a browser
    #[arg(long, conflicts_with = "oidc_device")]
    no_browser: bool,
}

/// What the flags choose.
#[derive(Debug, PartialEq, Eq)]
enum Choice<'a> {
    File(&'a Path),
    Device,
    Browser,
    Surroundings,
}

/// The token of the CI job or the service that this process runs in, for an audience. Nobody is asked to log in.
pub(super) fn ambient_token(audience: &str, web: &Web) -> Result<Secret, Problem> {
    let variable = |name: &str| std::env::var(name).ok();
    let request = TokenRequest::Surroundings {
        around: &surroundings(&variable),
        audience,
        person: None,
    };
    let obtained = obtain(&request, web, Timestamp::now).map_err(|error| problem(&error))?;
    Ok(obtained.token.secret().clone())
}

/// What this process can see around it.
fn surroundings<'a>(variable: &'a dyn Fn(&str) -> Option<String>) -> Surroundings<'a> {
    Surroundings {
        variable,
        run: &run_tool,
        token_path: Path::new(TOKEN_PATH),
        product_name_path: Path::new(PRODUCT_NAME_PATH),
    }
}

impl IdentityArgs {
    /// The first flag that was given, for commands that sign with a key instead.
    pub(super) fn first_flag(&self) -> Option<&'static str> {
        [
            ("--identity-token-file", self.identity_token_file.is_some()),
            ("--oidc-issuer", self.oidc_issuer.is_some()),
            ("--oidc-client-id", self.oidc_client_id != AUDIENCE),
            (
                "--oidc-client-secret-file",
                self.oidc_client_secret_file.is_some(),
            ),
            ("--oidc-redirect-url", self.oidc_redirect_url.is_some()),
            ("--oidc-device", self.oidc_device),
            ("--no-browser", self.no_browser),
        ]
        .into_iter()
        .find_map(|(flag, given)| given.then_some(flag))
    }

    /// Whether standard input is read for the token.
    pub(super) fn takes_stdin(&self) -> bool {
        password::is_stdin(self.identity_token_file.as_deref())
    }

    /// Gets the token. `issuer` is where people log in when no flag says so; else it is the public instance's issuer.
    ///
    /// # Errors
    ///
    /// A configuration problem when something has to be changed first, an undecided one when another try may succeed.
    pub(super) fn obtain(
        &self,
        issuer: Option<&Url>,
        web: &Web,
        global: &Global,
    ) -> Result<Obtained, Problem> {
        let variable = |name: &str| std::env::var(name).ok();
        let around = surroundings(&variable);
        let audience = self.oidc_client_id.as_str();
        let options = self.login(issuer)?;
        let interactive = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        let open = |url: &Url| open::that_detached(url.as_str()).is_ok();
        let person = Person {
            tell: &|text| to_stderr(&lines(text)),
            open: (interactive && !self.no_browser).then_some(&open),
            pause: &|time: Duration| std::thread::sleep(time),
        };
        let request = match self.choice() {
            Choice::File(path) => TokenRequest::Given {
                name: label(path),
                token: read(path)?,
                audience,
            },
            Choice::Device => TokenRequest::Device(&options, &person),
            Choice::Browser => TokenRequest::Browser(&options, &person),
            Choice::Surroundings => TokenRequest::Surroundings {
                around: &around,
                audience,
                person: interactive.then_some((&options, &person)),
            },
        };
        let obtained = obtain(&request, web, Timestamp::now).map_err(|error| problem(&error))?;
        if global.verbose {
            to_stderr(&format!("{}\n", visible(&obtained.to_string())));
        }
        Ok(obtained)
    }

    fn choice(&self) -> Choice<'_> {
        let login = self.oidc_issuer.is_some()
            || self.oidc_client_secret_file.is_some()
            || self.oidc_redirect_url.is_some()
            || self.no_browser;
        match &self.identity_token_file {
            Some(path) => Choice::File(path),
            None if self.oidc_device => Choice::Device,
            None if login => Choice::Browser,
            None => Choice::Surroundings,
        }
    }

    fn login(&self, issuer: Option<&Url>) -> Result<LoginOptions, Problem> {
        let address = |text: &str| {
            Url::parse(text)
                .map_err(|error| Problem::configuration(format!("{text} is not an address: {error}")))
        };
        Ok(LoginOptions {
            issuer: match self.oidc_issuer.as_ref().or(issuer) {
                Some(issuer) => issuer.clone(),
                None => address(PUBLIC_ISSUER)?,
            },
            client_id: self.oidc_client_id.clone(),
            client_secret: self.oidc_client_secret_file.as_deref().map(secret).transpose()?,
            redirect: match &self.oidc_redirect_url {
                Some(redirect) => redirect.clone(),
                None => address(DEFAULT_REDIRECT)?,
            },
            patience: BROWSER_TIMEOUT,
        })
    }
}

fn label(path: &Path) -> String {
    match password::is_stdin(Some(path)) {
        true => "the identity token on standard input".to_owned(),
        false => path.display().to_string(),
    }
}

fn read(path: &Path) -> Result<Secret, Problem> {
    let token = match password::is_stdin(Some(path)) {
        true => read_token(std::io::stdin().lock()),
        false => std::fs::File::open(path)
            .map_err(|error| error.to_string())
            .and_then(read_token),
    };
    token.map_err(|detail| Problem::configuration(format!("{}: {detail}", label(path))))
}

/// The client's secret: one line of a file.
fn secret(path: &Path) -> Result<Secret, Problem> {
    let line = read(path)?;
    let text = line.expose().trim_end_matches(['\r', '\n']);
    match text.is_empty() || text.contains('\n') {
        true => Err(Problem::configuration(format!(
            "{}: the client's secret is one line",
            path.display()
        ))),
        false => Ok(Secret::new(text)),
    }
}

/// Text for the person, of which some is the issuer's: line ends stay, everything else that moves a cursor goes.
fn lines(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", visible(line))).collect()
}

pub(super) fn problem(error: &OidcError) -> Problem {
    let problem = match error.is_configuration() {
        true => Problem::configuration(error.to_string()),
        false => Problem::undecided(error.to_string()),
    };
    match &error.help {
        Some(help) => problem.help(help),
        None => problem,
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        identity: IdentityArgs,
    }

    fn parse(arguments: &[&str]) -> Result<IdentityArgs, clap::Error> {
        let line = Line::try_parse_from([&["x"], arguments].concat())?;
        Ok(line.identity)
    }

    #[test]
    fn a_flag_for_a_login_means_a_login() {
        for (arguments, choice) in [
            (&[][..], Choice::Surroundings),
            (&["--oidc-client-id", "me"], Choice::Surroundings),
            (&["--identity-token-file", "t"], Choice::File(Path::new("t"))),
            (&["--oidc-device"], Choice::Device),
            (
                &["--oidc-issuer", "https://a.example", "--oidc-device"],
                Choice::Device,
            ),
            (&["--oidc-issuer", "https://a.example"], Choice::Browser),
            (&["--oidc-redirect-url", "http://localhost:1/x"], Choice::Browser),
            (&["--oidc-client-secret-file", "s"], Choice::Browser),
            (&["--no-browser"], Choice::Browser),
        ] {
            let identity = parse(arguments).unwrap();
            assert_eq!(identity.choice(), choice, "{arguments:?}");
            assert_eq!(identity.first_flag(), arguments.first().copied());
        }
    }

    #[test]
    fn flags_that_contradict_each_other_are_refused() {
        for arguments in [
            &["--identity-token-file", "t", "--oidc-device"][..],
            &["--identity-token-file", "t", "--no-browser"],
            &["--identity-token-file", "t", "--oidc-issuer", "https://a.example"],
            &["--oidc-device", "--no-browser"],
            &["--oidc-device", "--oidc-redirect-url", "http://localhost:1/x"],
            &["--oidc-issuer", "not an address"],
            &["--identity-token", "t"],
        ] {
            assert!(parse(arguments).is_err(), "{arguments:?}");
        }
    }

    #[test]
    fn a_token_is_taken_from_the_file_and_refused_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        std::fs::write(&file, "c2VjcmV0").unwrap();
        let identity = parse(&["--identity-token-file", file.to_str().unwrap()]).unwrap();
        let web = Web::new(crate::http::WebConfig::default()).unwrap();
        let global = <super::super::Cli as Parser>::parse_from(["portcullis", "man", "-v"]).global;
        let problem = identity.obtain(None, &web, &global).unwrap_err();
        assert_eq!(problem.code, crate::report::ExitCode::Configuration);
        assert!(
            problem
                .message
                .contains("token: the token cannot be used: it is not a JWT"),
            "{}",
            problem.message
        );
        assert!(!problem.message.contains("c2VjcmV0"), "{}", problem.message);
    }

    #[test]
    fn what_an_issuer_shows_cannot_move_the_cursor() {
        assert!(!lines("open\nA\u{1b}[2J\n").contains('\u{1b}'));
        assert_eq!(lines("a\nb\n"), "a\nb\n");
    }
}
