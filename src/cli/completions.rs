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
    /// A command, for example `verify` or `policy check`; without it the page of the program
    command: Vec<String>,
}

pub(super) fn run(args: &Args, console: &Console) -> ExitCode {
    console.print_and_exit(&completions(args.shell), ExitCode::Allowed)
}

pub(super) fn run_man(args: &ManArgs, console: &Console) -> ExitCode {
    let words = std::iter::once("portcullis").chain(args.command.iter().map(String::as_str));
    let wanted = words.collect::<Vec<_>>().join("-");
    let page = man_pages().into_iter().find(|(name, _)| *name == wanted);
    match page {
        Some((_, text)) => console.print_and_exit(&text, ExitCode::Allowed),
        None => console.fail(&super::Problem::usage(format!(
            "there is no command {}",
            args.command.join(" ")
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
    let mut pages = Vec::new();
    collect_pages(&root, "portcullis", &mut pages);
    pages
}

fn collect_pages(command: &clap::Command, name: &str, pages: &mut Vec<(String, String)>) {
    pages.push((name.to_owned(), page(command, name)));
    let shown = |command: &&clap::Command| !command.is_hide_set() && command.get_name() != "help";
    for inner in command.get_subcommands().filter(shown) {
        collect_pages(inner, &format!("{name}-{}", inner.get_name()), pages);
    }
}

fn page(command: &clap::Command, name: &str) -> String {
    let titled = command
        .clone()
        .name(name.to_owned())
        .bin_name(name.replace('-', " "));
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
