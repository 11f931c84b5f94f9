//! The help of every command, as a person reads it.

use crate::support::Program;

/// Every command that is not hidden, with its commands.
fn commands(command: &clap::Command, path: &[String]) -> Vec<Vec<String>> {
    let mut all = vec![path.to_vec()];
    for inner in command.get_subcommands() {
        if inner.get_name() != "help" && !inner.is_hide_set() {
            let mut path = path.to_vec();
            path.push(inner.get_name().to_owned());
            all.extend(commands(inner, &path));
        }
    }
    all
}

#[test]
fn every_command_explains_itself() {
    for path in commands(&portcullis::cli::command(), &[]) {
        let run = Program::new().arguments(&path).argument("--help").run();
        assert_eq!(run.code, 0, "{path:?}: {}", run.stderr);
        assert_eq!(run.stderr, "");
        assert!(
            run.stdout.lines().all(|line| line.chars().count() <= 100),
            "{path:?} is too wide"
        );
        let name = std::iter::once("portcullis".to_owned())
            .chain(path)
            .collect::<Vec<_>>()
            .join("-");
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, run.stdout);
        });
    }
}

#[test]
fn the_version_is_the_crates() {
    let run = Program::new().argument("--version").run();
    assert_eq!(run.stdout, format!("portcullis {}\n", env!("CARGO_PKG_VERSION")));
}
