//! `portcullis build`: what a build says of itself.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::Problem;
use super::output::Console;
use crate::ops::build_env::{
    Facts, Form, FormProblem, MAX_REPORT_BYTES, MAX_TASK_DEFINITION_BYTES, Prefix, ReportProblem, Selection,
    TaskProblem, edit_task_definition, render,
};
use crate::ops::read;
use crate::report::ExitCode;

/// Arguments of `build`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Print what was verified as environment variables for the deployment
    #[command(after_help = EXAMPLES)]
    Env(EnvArgs),
}

#[derive(Debug, clap::Args)]
struct EnvArgs {
    /// JSON report of a verification that allowed; `-` is standard input
    #[arg(long, value_name = "FILE", default_value = "-")]
    report: PathBuf,
    /// Subject of the report, by its name, argument or digest; needed where there are several
    #[arg(long, value_name = "NAME")]
    subject: Option<String>,
    /// What the names begin with
    #[arg(long, value_name = "PREFIX", default_value = "BUILD_")]
    prefix: Prefix,
    /// Form of the output
    #[arg(long = "as", value_name = "FORM", default_value = "shell")]
    form: FormChoice,
    /// ECS task definition to put the variables into
    #[arg(long, value_name = "FILE", required_if_eq("form", "ecs-taskdef"))]
    task_definition: Option<PathBuf>,
    /// Container of the task definition; needed where there are several
    #[arg(long, value_name = "NAME", requires = "task_definition")]
    container: Option<String>,
}

/// Forms of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum FormChoice {
    /// `export NAME='value'` lines for a POSIX shell
    Shell,
    /// One JSON object
    Json,
    /// NAME=value lines
    Dotenv,
    /// The task definition with the variables in it
    EcsTaskdef,
}

const EXAMPLES: &str = "\
The variables are IMAGE, DIGEST, COMMIT, SOURCE_REPOSITORY, SOURCE_REF, SIGNER, ISSUER, RUN_URL, SIGNED_AT, LOG_INDEX,
LOG_ID, LOG_URL, VERIFIED_AT and POLICY_DIGEST, each behind the prefix. What is not known is not set.

Examples:
  Verify, and set the variables in this shell:
    portcullis verify ghcr.io/org/app:v1 --policy portcullis.toml --format json=report.json
    eval \"$(portcullis build env --report report.json)\"

  Put them into a task definition for Amazon ECS:
    portcullis build env --report report.json --prefix BR_BUILD_ --as ecs-taskdef \\
        --task-definition task.json --container app > task-with-build.json";

pub(super) fn run(args: &Args, console: &Console) -> ExitCode {
    let Command::Env(args) = &args.command;
    match env(args) {
        Ok(text) => console.print_and_exit(&text, ExitCode::Allowed),
        Err(problem) => console.fail(&problem),
    }
}

fn env(args: &EnvArgs) -> Result<String, Problem> {
    if args.task_definition.is_some() && args.form != FormChoice::EcsTaskdef {
        return Err(Problem::usage("--task-definition is for --as ecs-taskdef"));
    }
    let stdin = Path::new("-");
    if args.report == stdin && args.task_definition.as_deref() == Some(stdin) {
        return Err(Problem::usage("standard input can be read only once"));
    }
    let bytes = read_input(&args.report, MAX_REPORT_BYTES)?;
    let selection = args.subject.as_deref().map_or(Selection::Only, Selection::Named);
    let facts = Facts::read(&bytes, selection).map_err(report_problem)?;
    let variables = facts.variables();
    let form = match (args.form, &args.task_definition) {
        (FormChoice::Shell, _) => Form::Shell,
        (FormChoice::Json, _) => Form::Json,
        (FormChoice::Dotenv, _) => Form::Dotenv,
        (FormChoice::EcsTaskdef, Some(path)) => {
            let bytes = read_input(path, MAX_TASK_DEFINITION_BYTES)?;
            let text = String::from_utf8(bytes)
                .map_err(|_| Problem::usage(format!("{}: not UTF-8", path.display())))?;
            return edit_task_definition(&text, args.container.as_deref(), variables, &args.prefix)
                .map_err(|problem| task_problem(path, &problem));
        }
        (FormChoice::EcsTaskdef, None) => {
            return Err(Problem::usage("--as ecs-taskdef needs --task-definition FILE"));
        }
    };
    render(variables, &args.prefix, form).map_err(|problem: FormProblem| {
        Problem::denied(problem.to_string()).help("use --as json or --as shell, which can carry any text")
    })
}

fn read_input(path: &Path, limit: usize) -> Result<Vec<u8>, Problem> {
    let limit = limit as u64;
    let problem = |error: std::io::Error| Problem::undecided(format!("{}: {error}", path.display()));
    if path != Path::new("-") {
        return read::bounded(path, limit).map_err(problem);
    }
    let mut bytes = Vec::new();
    // One byte too many is read, so that the reader of the report finds out.
    std::io::stdin()
        .lock()
        .take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(problem)?;
    Ok(bytes)
}

fn report_problem(problem: ReportProblem) -> Problem {
    let message = problem.to_string();
    match problem {
        ReportProblem::NotAReport(_) => {
            Problem::usage(message).help("make one with portcullis verify … --format json=report.json")
        }
        ReportProblem::Subject(_) => Problem::usage(message),
        ReportProblem::NotAllowed(_) => {
            Problem::denied(message).help("read in the report why it was not allowed")
        }
        ReportProblem::AnyIdentity => {
            Problem::denied(message).help("verify with --identity and --issuer, --key, or --policy")
        }
        ReportProblem::Value { .. } => Problem::denied(message),
    }
}

fn task_problem(path: &Path, problem: &TaskProblem) -> Problem {
    Problem::usage(format!("{}: {problem}", path.display()))
}
