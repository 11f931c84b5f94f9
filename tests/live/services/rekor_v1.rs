//! Rekor v1 with all that it stands on: MariaDB, and the server and the signer of a Trillian log.

use std::path::{Path, PathBuf};

use super::programs::{answers, free_ports, listens, words};
use crate::process::Process;

/// Trillian's version, which names the file with its tables.
const TABLES: &str = "trillian-v1.7.3.sql";

/// Largest request that it takes. Without the option it takes any.
const MAX_REQUEST_BYTES: usize = 1_000_000;

/// The programs, found before any is started.
pub(super) struct Programs {
    mariadb: PathBuf,
    log: PathBuf,
    signer: PathBuf,
    rekor: PathBuf,
    tables: PathBuf,
}

impl Programs {
    pub(super) fn find() -> Option<Self> {
        Some(Self {
            log: Process::installed("bin/trillian_log_server")?,
            signer: Process::installed("bin/trillian_log_signer")?,
            rekor: Process::installed("bin/rekor-server")?,
            tables: Process::installed(TABLES)?,
            mariadb: Process::find("PORTCULLIS_MARIADB", "/usr/sbin/mariadbd")?,
        })
    }
}

/// The running programs in the order in which they end, and Rekor's address. It makes a new tree with a new key.
pub(super) fn start(programs: &Programs) -> (Vec<Process>, String) {
    let database = database(&programs.mariadb, &programs.tables);
    let socket = database.folder().join("socket");
    let at = |name: &str| format!("root@unix({})/{name}", socket.display());
    let [server_port, signer_port, port] = free_ports();
    let trillian = |program: &Path, port: &str, rest: &str| {
        let process = Process::start(program, |_| {
            words(&format!(
                "--storage_system=mysql --quota_system=noop --mysql_uri={} --rpc_endpoint=127.0.0.1:{port} \
                 --http_endpoint= {rest}",
                at("trillian")
            ))
        });
        listens(&process, port);
        process
    };
    let log = trillian(&programs.log, &server_port, "");
    let signer = trillian(
        &programs.signer,
        &signer_port,
        "--force_master --sequencer_interval=50ms --batch_size=100",
    );
    let rekor = Process::start(&programs.rekor, |_| {
        words(&format!(
            "serve --rekor_server.address 127.0.0.1 --port {port} --rekor_server.hostname rekor-v1.local \
             --rekor_server.signer memory --trillian_log_server.port {server_port} \
             --max_request_body_size {MAX_REQUEST_BYTES} --search_index.storage_provider mysql --search_index.mysql.dsn {}",
            at("rekor")
        ))
    });
    answers(&rekor, &port, "/ping");
    (
        vec![rekor, signer, log, database],
        format!("http://127.0.0.1:{port}"),
    )
}

/// A database in a folder of its own, which listens on a socket there and nowhere else: no port, and no passwords.
fn database(program: &Path, tables: &Path) -> Process {
    let tables = std::fs::read_to_string(tables).unwrap();
    let process = Process::start(program, |folder| {
        let setup = format!("CREATE DATABASE rekor;\nCREATE DATABASE trillian;\nUSE trillian;\n{tables}");
        std::fs::write(folder.join("setup.sql"), setup).unwrap();
        std::fs::create_dir(folder.join("data")).unwrap();
        let mut arguments = words(
            "--no-defaults --skip-networking --skip-grant-tables --innodb-log-file-size=8M --innodb-fast-shutdown=2 \
             --innodb-flush-log-at-trx-commit=0",
        );
        for (option, name) in [
            ("datadir", "data"),
            ("socket", "socket"),
            ("init-file", "setup.sql"),
        ] {
            arguments.push(format!("--{option}={}", folder.join(name).display()).into());
        }
        arguments.push(format!("--pid-file={}", folder.join("pid").display()).into());
        // As root it wants to be told so; another user it has no rights to become.
        if std::fs::metadata(folder).is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0) {
            arguments.push("--user=root".into());
        }
        arguments
    });
    process.wait_for(|log| log.contains("ready for connections").then_some(()));
    process
}
