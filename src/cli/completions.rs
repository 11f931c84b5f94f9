//! `portcullis completions SHELL` and `portcullis man`: printed, and the same bytes as the checked-in copies.

use super::output::Console;
use crate::report::ExitCode;

/// Arguments of `completions`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  portcullis completions bash > /etc/bash_completion.d/portcullis")]
pub struct Args {
    /// The shell
    shell: clap_complete::Shell,
}

/// Arguments of `man`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  portcullis man | man -l -\n  portcullis man verify > portcullis-verify.1"
)]
pub struct ManArgs {
    /// A command with a page of its own; without it the page of the program
    command: Option<String>,
}

pub(super) fn run(args: &Args, console: &Console) -> ExitCode {
    console.print_and_exit(&completions(args.shell), ExitCode::Allowed)
}

pub(super) fn run_man(args: &ManArgs, console: &Console) -> ExitCode {
    let wanted = match &args.command {
        Some(command) => format!("portcullis-{command}"),
        None => "portcullis".to_owned(),
    };
    let page = man_pages().into_iter().find(|(name, _)| *name == wanted);
    match page {
        Some((_, text)) => console.print_and_exit(&text, ExitCode::Allowed),
        None => console.fail(&super::Problem::usage(format!(
            "there is no command {:?}",
            args.command
        ))),
    }
}

/// The completions of one shell.
pub(super) fn completions(shell: clap_complete::Shell) -> String {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut super::command(), "portcullis", &mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Every man page: the program's and one for each command that is not hidden, as (name, text).
pub(super) fn man_pages() -> Vec<(String, String)> {
    let mut root = super::command();
    root.build();
    let commands: Vec<clap::Command> = root
        .get_subcommands()
        .filter(|command| !command.is_hide_set() && command.get_name() != "help")
        .cloned()
        .collect();
    let mut pages = vec![("portcullis".to_owned(), page(&root, "portcullis"))];
    for command in commands {
        let name = format!("portcullis-{}", command.get_name());
        pages.push((name.clone(), page(&command, &name)));
    }
    pages
}

fn page(command: &clap::Command, name: &str) -> String {
    let titled = command
        .clone()
        .name(name.to_owned())
        .bin_name(name.replacen('-', " ", 1));
    let mut bytes = Vec::new();
    let page = clap_mangen::Man::new(titled).manual("Portcullis manual").date("");
    // Writing to memory cannot fail.
    let _ = page.render(&mut bytes);
    let mut text = String::from_utf8_lossy(&bytes).into_owned();
    text.push_str(".SH \"EXIT STATUS\"\n");
    for (code, meaning, detail) in ExitCode::TABLE {
        text.push_str(&format!(".TP\n.B {} ({meaning})\n{detail}\n", code.number()));
    }
    text
}
