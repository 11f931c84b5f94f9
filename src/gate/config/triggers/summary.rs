//! `kind = "summary"`: who signs the summaries of decisions, and what they call things.

use std::sync::Arc;

use super::{Around, secret, usable};
use crate::attestation::vsa::is_name;
use crate::gate::config::registry::contents;
use crate::gate::order::Trigger;
use crate::gate::trigger::{Naming, SecretFile, Signing, Summary, Trusted};
use crate::http::Web;
use crate::policy::strict_toml::{Reader, Section, quote};
use crate::sigstore::sign::SigningConfig;

pub(super) fn read(
    reader: &mut Reader<'_>,
    section: &Section<'_>,
    around: &Around<'_>,
    web: Option<Web>,
) -> Option<Arc<dyn Trigger>> {
    let files = around.files;
    let in_file = key_is_in_a_file(reader, section);
    let key = secret(reader, section, files, "key-file");
    let password = section.text(reader, "password-file");
    let password = password.map(|path| SecretFile::new(files.folder.join(path.value)));
    let services = services(reader, section, around);
    let verifier = section.needed_text(reader, "verifier", "name who verifies, as https://gate.example");
    let policy = section.text(reader, "policy-uri");
    for name in verifier.iter().chain(&policy).filter(|name| !is_name(name.value)) {
        let message = format!("{} is no URI with its scheme", quote(name.value));
        reader.mistake(&name.span, message, "write it as https://gate.example/production");
    }
    let key = key.filter(|_| in_file)?;
    let naming = Naming {
        verifier: verifier?.value.to_owned(),
        policy: policy.map(|name| name.value.to_owned()),
    };
    let signing = Signing {
        key: key.value,
        password,
        services: services?,
    };
    let trusted = Trusted {
        choice: around.trust?.clone(),
        data: around.data?.to_owned(),
    };
    let summary = Summary::new(naming, signing, trusted, around.registry.clone(), web?);
    usable(reader, &key.span, summary)
}

/// A key in a device is used by foreign code, and one in the environment is seen by whoever can see the process.
fn key_is_in_a_file(reader: &mut Reader<'_>, section: &Section<'_>) -> bool {
    let key = section.text(reader, "key-file");
    let elsewhere = |text: &str| text.starts_with("pkcs11:") || text.contains("://");
    match key.filter(|key| elsewhere(key.value)) {
        Some(key) => {
            let message = format!(
                "{} is no file, and the gate signs with keys in files",
                quote(key.value)
            );
            reader.mistake(&key.span, message, "make one with portcullis key generate");
            false
        }
        None => true,
    }
}

fn services(reader: &mut Reader<'_>, section: &Section<'_>, around: &Around<'_>) -> Option<SigningConfig> {
    let help = "name the file with the log and the timestamp authority to sign with (signing_config.json)";
    let file = section.needed_text(reader, "signing-config", help)?;
    let bytes = contents(reader, &file, around.files)?;
    SigningConfig::parse(file.value, &bytes)
        .map_err(|finding| reader.mistake(&file.span, finding.message, help))
        .ok()
}
