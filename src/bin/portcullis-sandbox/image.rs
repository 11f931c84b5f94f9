//! A tiny image, made in memory, pushed over HTTP.

use std::time::Duration;

use portcullis::sandbox::signing::sha256_of;
use serde_json::json;

use crate::Failure;

const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// An image with one file.
#[derive(Debug)]
pub(crate) struct Image {
    layer: Vec<u8>,
    config: Vec<u8>,
    manifest: Vec<u8>,
}

impl Image {
    /// The image that holds `text` in `/hello.txt`.
    pub(crate) fn new(text: &str) -> Self {
        let layer = tar("hello.txt", text.as_bytes());
        let config = json!({
            "architecture": "amd64",
            "os": "linux",
            "config": {"Cmd": ["/hello.txt"]},
            "rootfs": {"type": "layers", "diff_ids": [digest(&layer)]},
        });
        let config = config.to_string().into_bytes();
        let descriptor = |media_type: &str, bytes: &[u8]| json!({"mediaType": media_type, "digest": digest(bytes), "size": bytes.len()});
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": descriptor(CONFIG, &config),
            "layers": [descriptor(LAYER, &layer)],
        });
        Self {
            layer,
            config,
            manifest: manifest.to_string().into_bytes(),
        }
    }

    /// The digest of its manifest.
    pub(crate) fn digest(&self) -> String {
        digest(&self.manifest)
    }

    /// Pushes it to `repository` on `host` as `tag`.
    pub(crate) fn push(&self, host: &str, repository: &str, tag: &str) -> Result<(), Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(10))
            .build()?;
        let base = format!("http://{host}/v2/{repository}");
        runtime.block_on(async {
            for blob in [&self.layer, &self.config] {
                let url = format!("{base}/blobs/uploads/?digest={}", digest(blob));
                let reply = client.post(url).body(blob.clone()).send().await?;
                reply.error_for_status()?;
            }
            let request = client
                .put(format!("{base}/manifests/{tag}"))
                .header("content-type", MANIFEST);
            request
                .body(self.manifest.clone())
                .send()
                .await?
                .error_for_status()?;
            Ok(())
        })
    }
}

fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", hex::encode(sha256_of(bytes)))
}

/// A tar archive (ustar) with one small file.
fn tar(name: &str, content: &[u8]) -> Vec<u8> {
    let size = format!("{:011o}\0", content.len());
    let fields: [(usize, &[u8]); 8] = [
        (0, name.as_bytes()),
        (100, b"0000644\0"),
        (108, b"0000000\0"),
        (116, b"0000000\0"),
        (124, size.as_bytes()),
        (136, b"00000000000\0"),
        (156, b"0"),
        (257, b"ustar\x0000"),
    ];
    let mut header = vec![0_u8; 512];
    let put = |header: &mut Vec<u8>, at: usize, bytes: &[u8]| {
        header.splice(at..at + bytes.len(), bytes.iter().copied());
    };
    // The checksum is taken with spaces in its own place.
    put(&mut header, 148, b"        ");
    for (at, bytes) in fields {
        put(&mut header, at, bytes);
    }
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    put(&mut header, 148, format!("{sum:06o}\0 ").as_bytes());
    let padding = content.len().next_multiple_of(512) - content.len() + 1024;
    [header.as_slice(), content, &vec![0; padding]].concat()
}
