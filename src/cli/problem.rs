//! A run that ended before there was anything to report about a subject.

use crate::report::{ExitCode, Finding, visible};

/// Why a command could not do its work: a message, a next step and an exit code.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    /// The exit code.
    pub(crate) code: ExitCode,
    /// What is wrong.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) help: Option<String>,
}

impl Problem {
    /// The command line is wrong.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self {
            code: ExitCode::Usage,
            message: message.into(),
            help: None,
        }
    }

    /// It could not be found out, or the result could not be written.
    pub(crate) fn undecided(message: impl Into<String>) -> Self {
        Self {
            code: ExitCode::Undecided,
            message: message.into(),
            help: None,
        }
    }

    /// A file, a key or a setting that was named is invalid.
    pub(crate) fn configuration(message: impl Into<String>) -> Self {
        Self {
            code: ExitCode::Configuration,
            message: message.into(),
            help: None,
        }
    }

    /// What a finding says, where there is no report for it.
    pub(crate) fn finding(finding: &Finding) -> Self {
        Self {
            code: finding.code.verdict().into(),
            message: format!("{}: {}", finding.code, finding.message),
            help: finding.help.clone(),
        }
    }

    /// A check that was asked for does not hold.
    pub(crate) fn denied(message: impl Into<String>) -> Self {
        Self {
            code: ExitCode::Denied,
            message: message.into(),
            help: None,
        }
    }

    /// Adds a next step.
    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The text for people. What it repeats may be from a list or a file that somebody else wrote.
    pub(crate) fn text(&self) -> String {
        let mut text = format!("error: {}\n", visible(&self.message));
        if let Some(help) = &self.help {
            text.push_str(&format!("  help: {}\n", visible(help)));
        }
        text
    }

    /// Prints to standard error without a console, and returns the exit code.
    pub(crate) fn show_plainly(&self) -> ExitCode {
        super::output::to_stderr(&self.text());
        self.code
    }
}
