//! The real Fulcio, Rekor v1 and v2 and timestamp authority, with the sandbox's issuer and CT log: both programs sign there,
//! and both verify.

mod conformance;
mod programs;
mod rekor_v1;
mod sizes;
mod tests;

use std::fs::File;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use portcullis::sandbox::server::Options;

use crate::cosign::{World, ours, theirs};
use crate::http::send;
use crate::process::Process;
use crate::support::Run;

/// How long another program may keep the port that is needed.
const TURN: Duration = Duration::from_secs(120);
const SINCE: &str = "start-time=2024-01-01T00:00:00Z";

/// A world whose files name the real services in place of the sandbox's. They end with the value, before others may start.
pub(crate) struct Services {
    pub(crate) world: World,
    _running: Vec<Process>,
    _turn: File,
}

impl Services {
    /// With certificates for mail addresses.
    pub(crate) fn start(with_ct_log: bool) -> Option<Self> {
        Self::start_with(with_ct_log, |issuer| {
            format!("{}    type: email\n", client_of(issuer))
        })
    }

    /// With what Fulcio is told about who signs here, made from the issuer's address.
    pub(crate) fn start_with(with_ct_log: bool, issuers: fn(&str) -> String) -> Option<Self> {
        let program = Process::installed;
        let (fulcio, rekor_v2) = (program("bin/fulcio")?, program("rekor/posix")?);
        let (timestamps, rekor_v1) = (program("bin/timestamp-server")?, rekor_v1::Programs::find()?);
        let turn = turn();
        let world = World::start(Options::default())?;
        programs::certificate_authority(world.folder());
        world.write("fulcio.yaml", issuers(world.issuer()));
        let key = ["key", "generate", "--unencrypted", "--type", "ed25519"];
        world.must(World::portcullis, &[&key[..], &["--prefix", "rekor-v2"]].concat());
        let ct = match with_ct_log {
            true => world.sandbox.urls().ct.as_str(),
            false => "",
        };
        // Rekor v1 wants port 2112 too, but does without it; so it comes after the timestamp authority.
        let (timestamps, tsa) = programs::timestamps(&timestamps);
        let (mut running, rekor_v1) = rekor_v1::start(&rekor_v1);
        let (fulcio, fulcio_url) = programs::fulcio(&world, &fulcio, ct);
        let (rekor_v2, rekor_v2_url) = programs::rekor_v2(&world, &rekor_v2);
        running.extend([fulcio, rekor_v2, timestamps]);
        world.write("tsa.pem", get(&format!("{tsa}/certchain")));
        world.write("rekor-v1.pub", get(&format!("{rekor_v1}/api/v1/log/publicKey")));
        world.write("ct.pem", ct_key(&world));
        trusted_root(&world, &fulcio_url, &tsa, with_ct_log);
        for (config, rekor, with_tsa) in [
            ("rekor-v1.json", Some((rekor_v1.as_str(), 1)), true),
            ("rekor-v1-alone.json", Some((&rekor_v1, 1)), false),
            ("rekor-v2.json", Some((&rekor_v2_url, 2)), true),
            ("no-log.json", None, true),
        ] {
            signing_config(
                &world,
                config,
                &fulcio_url,
                rekor,
                with_tsa.then_some(tsa.as_str()),
            );
        }
        Some(Self {
            world,
            _running: running,
            _turn: turn,
        })
    }

    /// Has `signer` sign the file `app`.
    pub(crate) fn sign(&self, signer: &str, config: &str, with: &[&str], bundle: &str) -> Run {
        let services = ["--signing-config", config, "--trusted-root", "root.json"];
        let words = [with, &services, &["--bundle", bundle, "app"]].concat();
        match signer {
            "cosign" => self.world.cosign(&[&["sign-blob", "--yes"], &words[..]].concat()),
            _ => self.world.portcullis(&[&["sign"], &words[..]].concat()),
        }
    }

    /// What both say of the file that was signed with a token, and of another; cosign with what it is told to leave out.
    fn judge(&self, bundle: &str, leave: &[&str]) -> [&'static str; 4] {
        let ask = |file: &str| {
            let words = [&[file, "--bundle", bundle], &self.world.keyless()[..]].concat();
            let verify = self.world.portcullis(&[&["verify"], &words[..]].concat());
            let check = self.world.cosign(&[&["verify-blob"], &words[..], leave].concat());
            [ours(&verify), theirs(&check)]
        };
        let ([ours, theirs], [ours_other, theirs_other]) = (ask("app"), ask("other"));
        [ours, theirs, ours_other, theirs_other]
    }
}

/// The timestamp authority and Rekor v1 have their figures on port 2112, whatever they are told, so one set runs at a time
/// on a machine: whoever has locked the file, and finds the port free.
fn turn() -> File {
    let file = File::create(std::env::temp_dir().join("portcullis-live-port-2112")).unwrap();
    file.lock().unwrap();
    let started = Instant::now();
    while TcpListener::bind("[::]:2112").is_err() {
        assert!(started.elapsed() < TURN, "another program has port 2112");
        std::thread::sleep(Duration::from_millis(200));
    }
    file
}

/// Writes `root.json`, as cosign makes it.
fn trusted_root(world: &World, fulcio: &str, tsa: &str, with_ct_log: bool) {
    let of = |name: &str, value: &str| [format!("--{name}"), value.to_owned()];
    let mut words = of("out", "root.json").to_vec();
    words.extend(of("fulcio", &format!("url={fulcio},certificate-chain=ca.pem")));
    words.extend(of("tsa", &format!("url={tsa},certificate-chain=tsa.pem")));
    words.extend(of(
        "rekor",
        &format!("url=http://rekor-v1.local,public-key=rekor-v1.pub,{SINCE}"),
    ));
    words.extend(of(
        "rekor",
        &format!("url=http://rekor-v2.local,public-key=rekor-v2.pub,{SINCE},origin=rekor-v2.local"),
    ));
    if with_ct_log {
        words.extend(of("ctfe", &format!("url=http://ct,public-key=ct.pem,{SINCE}")));
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    world.must(World::cosign, &[&["trusted-root", "create"], &words[..]].concat());
}

/// Writes a signing configuration, as cosign makes it.
fn signing_config(world: &World, out: &str, fulcio: &str, rekor: Option<(&str, u8)>, tsa: Option<&str>) {
    let of = |url: &str, version| format!("url={url},api-version={version},{SINCE},operator=local");
    let mut words: Vec<String> = ["signing-config", "create", "--out", out]
        .map(str::to_owned)
        .into();
    words.extend(["--fulcio".to_owned(), of(fulcio, 1)]);
    words.extend(["--oidc-provider".to_owned(), of(world.issuer(), 1)]);
    if let Some((url, version)) = rekor {
        words.extend(["--rekor-config", "ANY", "--rekor"].map(str::to_owned));
        words.push(of(url, version));
    }
    if let Some(tsa) = tsa {
        words.extend(["--tsa-config", "ANY", "--tsa"].map(str::to_owned));
        words.push(of(tsa, 1));
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    world.must(World::cosign, &words);
}

/// The start of Fulcio's configuration: one issuer, whose type follows.
pub(crate) fn client_of(issuer: &str) -> String {
    format!("oidc-issuers:\n  {issuer}:\n    issuer-url: {issuer}\n    client-id: sigstore\n")
}

/// The sandbox's CT log's key in PEM.
fn ct_key(world: &World) -> String {
    let key = &world.sandbox.trusted_root()["ctlogs"][0]["publicKey"]["rawBytes"];
    format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        key.as_str().unwrap()
    )
}

/// What a service answers at an address.
fn get(url: &str) -> String {
    let (host, path) = url.trim_start_matches("http://").split_once('/').unwrap();
    let answer = send(host, "GET", &format!("/{path}"), "", b"");
    assert_eq!(answer.status, 200, "{url}");
    answer.body().to_owned()
}
