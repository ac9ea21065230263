//! How a command fails, and the words in which kubectl says so.
//!
//! Models kubectl `pkg/cmd/util/helpers.go` (`CheckErr`, `StandardErrorMessage`).

use kubernetes_api::json::quote_go;
use kubernetes_api::status::Status;
use ordered::OrderedSet;

/// What a command gives back.
pub type Outcome = Result<(), Failure>;

/// Why a command failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The server refused.
    Api(Box<Status>),
    /// A sentence, printed after `error: `.
    Message(String),
    /// A text that is printed as it is.
    Plain(String),
    /// A kubeconfig that says nothing sensible.
    Configuration(String),
    /// Nobody listens at the server's address.
    Refused {
        /// Host and port.
        host: String,
    },
    /// The server could not be reached, for another reason.
    Unreachable(String),
    /// Several failures, one line each.
    Many(Vec<Failure>),
    /// Everything is said; only the exit status is left.
    Exit(u8),
    /// A text that is printed as it is, with an exit status.
    PlainExit(String, u8),
}

impl From<Status> for Failure {
    fn from(status: Status) -> Failure {
        Failure::Api(Box::new(status))
    }
}

impl Failure {
    /// A sentence that is printed after `error: `.
    pub fn message(text: impl Into<String>) -> Failure {
        Failure::Message(text.into())
    }

    /// One failure of several; the only one stays itself.
    pub fn all(mut failures: Vec<Failure>) -> Outcome {
        match (failures.len(), failures.pop()) {
            (_, None) => Ok(()),
            (1, Some(only)) => Err(only),
            (_, Some(last)) => {
                failures.push(last);
                Err(Failure::Many(failures))
            }
        }
    }

    /// The Status, when the server refused.
    pub fn status(&self) -> Option<&Status> {
        match self {
            Failure::Api(status) => Some(status),
            _ => None,
        }
    }

    /// Whether the server did not find it.
    pub fn is_not_found(&self) -> bool {
        self.status().is_some_and(Status::is_not_found)
    }

    /// The same, said of a file: `error when creating "pod.yaml": …`.
    #[must_use]
    pub fn in_source(self, verb: &str, source: &str) -> Failure {
        if source.is_empty() {
            return self;
        }
        self.prefixed(&format!("error when {verb} {}: ", quote_go(source)))
    }

    /// The same with words before its sentence.
    #[must_use]
    pub fn prefixed(self, words: &str) -> Failure {
        match self {
            Failure::Api(mut status) => {
                status.message = format!("{words}{}", status.message);
                Failure::Api(status)
            }
            Failure::Message(text) => Failure::Message(format!("{words}{text}")),
            other => other,
        }
    }

    /// The sentence alone, as it stands inside of another one.
    pub fn sentence(&self) -> String {
        match self {
            Failure::Api(status) => status.message.clone(),
            Failure::Message(text) | Failure::Plain(text) | Failure::PlainExit(text, _) => {
                text.clone()
            }
            Failure::Configuration(text) => text.clone(),
            Failure::Refused { host } => {
                format!("dial tcp {host}: connect: connection refused")
            }
            Failure::Unreachable(text) => text.clone(),
            Failure::Many(all) => {
                let all: Vec<String> = all.iter().map(Failure::sentence).collect();
                format!("[{}]", all.join(", "))
            }
            Failure::Exit(_) => String::new(),
        }
    }

    /// What is printed, and the exit status.
    pub fn report(&self) -> (String, u8) {
        let (mut text, status) = match self {
            Failure::Exit(status) => (String::new(), *status),
            Failure::PlainExit(text, status) => (text.clone(), *status),
            Failure::Many(all) => (
                all.iter()
                    .map(|one| format!("{}\n", one.in_a_list()))
                    .collect(),
                1,
            ),
            Failure::Api(status) if status.reason == "Invalid" => (invalid(status), 1),
            Failure::Configuration(text) => (format!("Error in configuration: {text}"), 1),
            Failure::Message(text) if text.starts_with("error: ") => (text.clone(), 1),
            Failure::Message(text) => (format!("error: {text}"), 1),
            other => (other.in_a_list(), 1),
        };
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        (text, status)
    }

    /// What is printed when it is one of several.
    fn in_a_list(&self) -> String {
        match self {
            Failure::Api(status) => match status.reason.as_str() {
                "Unauthorized" => format!(
                    "error: You must be logged in to the server ({})",
                    status.message
                ),
                "" => format!("Error from server: {}", status.message),
                reason => format!("Error from server ({reason}): {}", status.message),
            },
            Failure::Refused { host } => format!(
                "The connection to the server {host} was refused - did you specify the right host or port?"
            ),
            Failure::Unreachable(why) => format!("Unable to connect to the server: {why}"),
            other => other.sentence(),
        }
    }
}

/// The text of a refused object, with its causes.
fn invalid(status: &Status) -> String {
    let mut subject = "The request is invalid".to_owned();
    let Some(details) = &status.details else {
        return format!("{subject}: {}", status.message);
    };
    if !details.kind.is_empty() || !details.name.is_empty() {
        subject = format!(
            "The {} {} is invalid",
            details.kind,
            quote_go(&details.name)
        );
    } else if !status.message.is_empty() && details.causes.is_empty() {
        subject = format!("{subject}: {}", status.message);
    }
    let mut seen = OrderedSet::new();
    let causes: Vec<String> = details
        .causes
        .iter()
        .map(|cause| format!("{}: {}", cause.field, cause.message))
        .filter(|cause| seen.insert(cause.clone()))
        .collect();
    match causes.as_slice() {
        [] => subject,
        [only] => format!("{subject}: {only}"),
        several => {
            let lines: String = several.iter().map(|cause| format!("* {cause}\n")).collect();
            format!("{subject}: \n{lines}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kubernetes_api::field::FieldError;

    fn check(failure: Failure, expected: &str) {
        assert_eq!(failure.report().0, expected);
    }

    #[test]
    fn failures_read_as_kubectl_says_them() {
        check(Failure::message("no"), "error: no\n");
        check(
            Status::not_found("apps", "deployments", "x").into(),
            "Error from server (NotFound): deployments.apps \"x\" not found\n",
        );
        check(
            Failure::Refused {
                host: "127.0.0.1:6443".into(),
            },
            "The connection to the server 127.0.0.1:6443 was refused - did you specify the right host or port?\n",
        );
        let one = FieldError::required("spec.containers", "");
        let two = FieldError::required("spec.other", "");
        check(
            Status::invalid("", "Pod", "p", std::slice::from_ref(&one)).into(),
            "The Pod \"p\" is invalid: spec.containers: Required value\n",
        );
        check(
            Status::invalid("", "Pod", "p", &[one.clone(), two, one]).into(),
            "The Pod \"p\" is invalid: \n* spec.containers: Required value\n* spec.other: Required value\n",
        );
        check(
            Failure::Many(vec![
                Failure::from(Status::not_found("", "pods", "a")).in_source("deleting", "f.yaml"),
                Failure::message("b"),
            ]),
            "Error from server (NotFound): error when deleting \"f.yaml\": pods \"a\" not found\nb\n",
        );
    }
}
