//! Transcripts: a working folder, commands with the time at which they are given, and their
//! output. The format of the recordings of the real tools, and of our own tests.

/// A parsed transcript.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Transcript {
    /// The lines before the first file or command, comments with their `;; `.
    pub heading: Vec<String>,
    /// The files of the working folder, in their order.
    pub files: Vec<(String, String)>,
    /// What happens.
    pub steps: Vec<Step>,
}

/// One thing that happens.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Seconds since the start at which it happens; `None` for at once after the step before.
    pub at: Option<f64>,
    /// What it is.
    pub kind: StepKind,
}

/// What can happen in a transcript.
#[derive(Clone, Debug, PartialEq)]
pub enum StepKind {
    /// A command line with its output and exit status.
    Command {
        /// The line, as it is typed.
        line: String,
        /// Standard output and error together.
        output: String,
        /// The exit status.
        status: i32,
    },
    /// `;; container C of POD stopped with SIGNAL`: something done from outside.
    Stop {
        /// The container's name in its pod.
        container: String,
        /// The pod.
        pod: String,
        /// The signal.
        signal: String,
        /// The comment as it was written.
        text: String,
    },
    /// A comment.
    Comment(String),
}

impl Transcript {
    /// Reads a transcript. Nothing is wrong: what is not understood is a comment's or a command's
    /// text.
    pub fn parse(text: &str) -> Transcript {
        let mut transcript = Transcript::default();
        let mut file: Option<(String, String)> = None;
        let mut at = None;
        for line in text.lines() {
            let begins_file = line
                .strip_prefix("-- ")
                .and_then(|rest| rest.strip_suffix(" --"));
            let begins_command = line.strip_prefix("$ ");
            let time = line
                .strip_prefix("@ ")
                .and_then(|seconds| seconds.parse().ok());
            if file.is_some()
                && (begins_file.is_some() || begins_command.is_some() || time.is_some())
            {
                transcript.files.extend(file.take());
            }
            if let Some((_, content)) = &mut file {
                content.push_str(line);
                content.push('\n');
            } else if let Some(name) = begins_file {
                file = Some((name.to_string(), String::new()));
            } else if let Some(seconds) = time {
                at = Some(seconds);
            } else if let Some(command) = begins_command {
                let kind = StepKind::Command {
                    line: command.to_string(),
                    output: String::new(),
                    status: 0,
                };
                transcript.steps.push(Step {
                    at: at.take(),
                    kind,
                });
            } else if line.starts_with(";; ") {
                transcript.comment(line, &mut at);
            } else {
                transcript.output_line(line);
            }
        }
        transcript.files.extend(file);
        transcript
    }

    fn comment(&mut self, line: &str, at: &mut Option<f64>) {
        if self.steps.is_empty() && self.files.is_empty() && at.is_none() {
            self.heading.push(line.to_string());
            return;
        }
        let kind = parse_stop(line).unwrap_or_else(|| StepKind::Comment(line.to_string()));
        self.steps.push(Step {
            at: at.take(),
            kind,
        });
    }

    fn output_line(&mut self, line: &str) {
        let status_of = line
            .strip_prefix("? ")
            .and_then(|status| status.parse().ok());
        match self.steps.last_mut().map(|step| &mut step.kind) {
            Some(StepKind::Command { status, .. }) if status_of.is_some() => {
                *status = status_of.unwrap_or(0)
            }
            Some(StepKind::Command { output, .. }) => {
                output.push_str(line);
                output.push('\n');
            }
            _ => self.heading.push(line.to_string()),
        }
    }

    /// The transcript as text.
    pub fn print(&self) -> String {
        let mut text = String::new();
        for line in &self.heading {
            text.push_str(&format!("{line}\n"));
        }
        for (name, content) in &self.files {
            text.push_str(&format!("-- {name} --\n{content}"));
        }
        for step in &self.steps {
            if let Some(at) = step.at {
                text.push_str(&format!("@ {at:.1}\n"));
            }
            match &step.kind {
                StepKind::Comment(line) | StepKind::Stop { text: line, .. } => {
                    text.push_str(&format!("{line}\n"))
                }
                StepKind::Command {
                    line,
                    output,
                    status,
                } => {
                    text.push_str(&format!("$ {line}\n{output}"));
                    if !output.is_empty() && !output.ends_with('\n') {
                        text.push('\n');
                    }
                    if *status != 0 {
                        text.push_str(&format!("? {status}\n"));
                    }
                }
            }
        }
        text
    }
}

fn parse_stop(line: &str) -> Option<StepKind> {
    let rest = line.strip_prefix(";; container ")?;
    let (container, rest) = rest.split_once(" of ")?;
    let (pod, signal) = rest.split_once(" stopped with ")?;
    Some(StepKind::Stop {
        container: container.into(),
        pod: pod.into(),
        signal: signal.trim().into(),
        text: line.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transcript_round_trips() {
        let text = ";; What it shows.\n-- pod.yaml --\nkind: Pod\n@ 0.0\n$ kubectl get pods\nNo resources\n@ 6.7\n;; container hello of hello-pod stopped with SIGTERM\n@ 6.7\n$ false\n? 1\n;; (no newline at the end of the output above)\n$ true\n";
        let transcript = Transcript::parse(text);
        assert_eq!(transcript.print(), text);
        assert_eq!(
            transcript.files,
            [("pod.yaml".into(), "kind: Pod\n".into())]
        );
        assert_eq!(transcript.steps.len(), 5);
        assert!(
            matches!(&transcript.steps[1].kind, StepKind::Stop { pod, .. } if pod == "hello-pod")
        );
    }
}
