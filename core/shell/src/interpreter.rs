//! Runs the tree: lists, pipelines, loops, functions.

mod launch;
mod redirect;

use crate::parser::DECLARATIONS;
use crate::state::{Flavour, Key, State, Value, Variable};
use crate::syntax::{AssignedValue, Assignment, Command, CommandKind, Item, List, Pipeline, Word};
use crate::{builtins, limits, parser, pattern};
use machine::{Duration, ExitStatus, LocalFuture, Process, ProcessHandle, Signal};
use ordered::OrderedMap;
use std::rc::Rc;

/// What a command does to the commands after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    /// Goes on, with the status.
    Next(i32),
    /// `break` out of that many loops.
    Break(usize),
    /// `continue` that many loops up.
    Continue(usize),
    /// `return` from a function or sourced file.
    Return(i32),
    /// The shell ends.
    Exit(i32),
    /// Ctrl-C: an interactive shell gives up the whole line.
    Interrupted,
}

/// A running shell.
pub(crate) struct Shell {
    pub(crate) process: Process,
    pub(crate) state: State,
    pub(crate) jobs: Vec<Job>,
    /// The status of the newest command substitution of the running command.
    pub(crate) substituted: Option<i32>,
    /// What `pushd` remembers, the newest last.
    pub(crate) directories: Vec<String>,
    /// How many files of `<( … )` were made.
    pub(crate) process_files: u32,
    /// What runs next is the last thing that this process does: a program may take its place.
    pub(crate) is_last: bool,
}

/// A background command.
#[derive(Clone)]
pub(crate) struct Job {
    pub(crate) number: usize,
    pub(crate) handle: ProcessHandle,
    pub(crate) text: String,
}

/// Statuses with a meaning of their own.
pub(crate) const NOT_FOUND: i32 = 127;
pub(crate) const NOT_EXECUTABLE: i32 = 126;

impl Shell {
    pub(crate) fn new(process: Process, state: State) -> Shell {
        Shell {
            process,
            state,
            jobs: Vec::new(),
            substituted: None,
            process_files: 0,
            directories: Vec::new(),
            is_last: false,
        }
    }

    /// Prints an error of the shell itself, with its name (and line) before it.
    pub(crate) async fn complain(&self, message: &str) {
        let prefix = match self.state.flavour {
            Flavour::Bash if self.state.names_lines => {
                format!("{}: line {}: ", self.state.name, self.state.line)
            }
            _ => format!("{}: ", self.state.name),
        };
        self.process
            .print_error(format!("{prefix}{message}\n"))
            .await;
    }

    /// An error that ends the command, and a shell that is not interactive as bash does for
    /// expansion errors.
    pub(crate) async fn fail(&mut self, message: &str, status: i32) -> Flow {
        self.complain(message).await;
        self.state.status = status;
        if self.state.interactive {
            Flow::Next(status)
        } else {
            Flow::Exit(status)
        }
    }

    /// Runs a text as a script, line by line: a mistake stops it where it stands.
    pub(crate) async fn run_text(&mut self, text: &str) -> Flow {
        let is_last = std::mem::take(&mut self.is_last);
        let mut script = parser::Script::new(text);
        let mut flow = Flow::Next(0);
        while let Some(parsed) = script.next() {
            match parsed {
                Ok(list) => {
                    self.is_last = is_last && script.is_at_end();
                    flow = self.run_list(&list).await;
                }
                Err(
                    parser::SyntaxError::Incomplete { line, message }
                    | parser::SyntaxError::Unexpected { line, message },
                ) => {
                    self.state.line = line;
                    self.complain(&message).await;
                    if message.starts_with("syntax error near")
                        && self.state.names_lines
                        && self.state.flavour == Flavour::Bash
                    {
                        let wrong = text.lines().nth(line.saturating_sub(1));
                        self.complain(&format!("`{}'", wrong.unwrap_or_default()))
                            .await;
                    }
                    self.state.status = 2;
                    return Flow::Next(2);
                }
            }
            if !matches!(flow, Flow::Next(_)) {
                return flow;
            }
        }
        flow
    }

    /// Runs a list's items until one changes the flow.
    pub(crate) fn run_list<'a>(
        &'a mut self,
        list: &'a List,
    ) -> std::pin::Pin<Box<dyn Future<Output = Flow> + 'a>> {
        Box::pin(async move {
            let is_last = std::mem::take(&mut self.is_last);
            let mut flow = Flow::Next(0);
            for (index, item) in list.items.iter().enumerate() {
                self.is_last = is_last && index + 1 == list.items.len();
                flow = self.run_item(item).await;
                match flow {
                    Flow::Next(status) => self.state.status = status,
                    other => return other,
                }
            }
            flow
        })
    }

    async fn run_item(&mut self, item: &Item) -> Flow {
        let is_last = std::mem::take(&mut self.is_last);
        if item.background {
            return self.run_in_background(item).await;
        }
        self.is_last = is_last && item.rest.is_empty();
        let mut flow = self.run_pipeline(&item.first).await;
        let mut decides = item.rest.is_empty();
        for (index, (and, pipeline)) in item.rest.iter().enumerate() {
            let Flow::Next(status) = flow else {
                return flow;
            };
            self.state.status = status;
            if (status == 0) == *and {
                decides = index + 1 == item.rest.len();
                self.is_last = is_last && decides;
                flow = self.run_pipeline(pipeline).await;
            }
        }
        if let Flow::Next(status) = flow
            && status != 0
            && decides
            && !self.state.options.in_condition
            && self.state.locals.is_empty()
            && !self.is_negated(item)
            && is_plain(item)
            && let Some(action) = self.state.traps.get("ERR").cloned()
        {
            self.state.status = status;
            self.state.options.in_condition = true;
            let trapped = self.run_text(&action).await;
            self.state.options.in_condition = false;
            if !matches!(trapped, Flow::Next(_)) {
                return trapped;
            }
        }
        match flow {
            // `set -e` counts only a failure that no `&&`, `||` or `!` looks at.
            Flow::Next(status)
                if status != 0
                    && self.state.options.exit_on_error
                    && decides
                    && !self.is_negated(item) =>
            {
                self.state.status = status;
                Flow::Exit(status)
            }
            other => other,
        }
    }

    fn is_negated(&self, item: &Item) -> bool {
        item.rest
            .last()
            .map_or(item.first.negated, |(_, pipeline)| pipeline.negated)
    }

    async fn run_pipeline(&mut self, pipeline: &Pipeline) -> Flow {
        self.is_last &= !pipeline.timed && !pipeline.negated && self.state.traps.is_empty();
        let started = self.process.simulation().now();
        let flow = match pipeline.commands.as_slice() {
            [single] => self.run_command(single).await,
            several => self.run_piped(several).await,
        };
        if pipeline.timed {
            let taken = self.process.simulation().now().since(started);
            self.report_time(taken).await;
        }
        match flow {
            Flow::Next(status) if pipeline.negated => Flow::Next(i32::from(status == 0)),
            other => other,
        }
    }

    async fn report_time(&self, taken: Duration) {
        let line = |name: &str, time: Duration| {
            format!(
                "{name}\t{}m{:.3}s\n",
                time.as_secs() / 60,
                (time.as_millis() % 60_000) as f64 / 1000.0
            )
        };
        let (user, system) = (Duration::from_millis(15), Duration::from_millis(6));
        self.process
            .print_error(format!(
                "\n{}{}{}",
                line("real", taken),
                line("user", user),
                line("sys", system)
            ))
            .await;
    }

    /// Runs one command with its redirections in place.
    pub(crate) fn run_command<'a>(
        &'a mut self,
        command: &'a Command,
    ) -> std::pin::Pin<Box<dyn Future<Output = Flow> + 'a>> {
        Box::pin(async move {
            let is_last = std::mem::take(&mut self.is_last);
            self.process.work(limits::COMMAND_WORK).await;
            if let Some(signal) = self.process.signals().try_next()
                && let Some(flow) = self.on_signal(signal).await
            {
                return flow;
            }
            self.state.line = command.line;
            if let CommandKind::Simple { assignments, words } = &command.kind {
                return self.run_simple(assignments, words, command, is_last).await;
            }
            let saved = match self.redirect(&command.redirections).await {
                Ok(saved) => saved,
                Err(flow) => return flow,
            };
            let flow = self.run_compound(&command.kind).await;
            self.restore(saved);
            flow
        })
    }

    /// What an arrived signal does: its trap runs, or an interrupt ends the line.
    pub(crate) async fn on_signal(&mut self, signal: Signal) -> Option<Flow> {
        let name = signal.name().trim_start_matches("SIG");
        if let Some(action) = self.state.traps.get(name).cloned() {
            let status = self.state.status;
            let flow = Box::pin(self.run_text(&action)).await;
            self.state.status = status;
            return match flow {
                Flow::Next(_) => None,
                other => Some(other),
            };
        }
        (signal == Signal::INT).then_some(Flow::Interrupted)
    }

    async fn run_compound(&mut self, kind: &CommandKind) -> Flow {
        match kind {
            CommandKind::Simple { .. } => Flow::Next(0),
            CommandKind::Group(list) => self.run_list(list).await,
            CommandKind::Subshell(list) => self.run_subshell(list.clone()).await,
            CommandKind::If {
                branches,
                otherwise,
            } => self.run_if(branches, otherwise.as_ref()).await,
            CommandKind::Loop(while_true, condition, body) => {
                self.run_loop(*while_true, condition, body).await
            }
            CommandKind::For(name, words, body) => self.run_for(name, words.as_deref(), body).await,
            CommandKind::CountingFor(parts, body) => self.run_counting_for(parts, body).await,
            CommandKind::Case(subject, branches) => self.run_case(subject, branches).await,
            CommandKind::Function(name, body) => {
                self.state.functions.insert(name.clone(), body.clone());
                Flow::Next(0)
            }
            CommandKind::Arithmetic(expression) => match self.expand_arithmetic(expression).await {
                Ok(value) => Flow::Next(i32::from(value == 0)),
                // A wrong expression is only this command's failure.
                Err(_) => Flow::Next(1),
            },
            CommandKind::Condition(words) => crate::condition::run(self, words).await,
        }
    }

    /// Runs a list whose failure `set -e` does not count.
    async fn run_condition(&mut self, list: &List) -> Flow {
        let before = self.state.options;
        self.state.options.exit_on_error = false;
        self.state.options.in_condition = true;
        let flow = self.run_list(list).await;
        self.state.options.exit_on_error = before.exit_on_error;
        self.state.options.in_condition = before.in_condition;
        flow
    }

    async fn run_if(&mut self, branches: &[(List, List)], otherwise: Option<&List>) -> Flow {
        for (condition, body) in branches {
            match self.run_condition(condition).await {
                Flow::Next(0) => return self.run_list(body).await,
                Flow::Next(_) => {}
                other => return other,
            }
        }
        match otherwise {
            Some(body) => self.run_list(body).await,
            None => Flow::Next(0),
        }
    }

    async fn run_loop(&mut self, while_true: bool, condition: &List, body: &List) -> Flow {
        let mut status = 0;
        loop {
            match self.run_condition(condition).await {
                Flow::Next(code) if (code == 0) == while_true => {}
                Flow::Next(_) => return Flow::Next(status),
                flow => match leave_loop(flow) {
                    Some(flow) => return flow,
                    None => continue,
                },
            }
            match self.run_list(body).await {
                Flow::Next(code) => status = code,
                flow => {
                    if let Some(flow) = leave_loop(flow) {
                        return flow;
                    }
                }
            }
        }
    }

    async fn run_for(&mut self, name: &str, words: Option<&[Word]>, body: &List) -> Flow {
        let values = match words {
            Some(words) => match self.expand_words(words).await {
                Ok(values) => values,
                Err(flow) => return flow,
            },
            None => self.state.arguments.clone(),
        };
        let mut status = 0;
        for value in values {
            self.state.set(name, value);
            match self.run_list(body).await {
                Flow::Next(code) => status = code,
                flow => {
                    if let Some(flow) = leave_loop(flow) {
                        return flow;
                    }
                }
            }
        }
        Flow::Next(status)
    }

    async fn run_counting_for(&mut self, parts: &[Word; 3], body: &List) -> Flow {
        let [first, condition, step] = parts;
        if let Err(flow) = self.expand_arithmetic(first).await {
            return flow;
        }
        let mut status = 0;
        loop {
            match self.expand_arithmetic(condition).await {
                Ok(0) if !condition.parts.is_empty() => return Flow::Next(status),
                Ok(_) => {}
                Err(flow) => return flow,
            }
            match self.run_list(body).await {
                Flow::Next(code) => status = code,
                flow => {
                    if let Some(flow) = leave_loop(flow) {
                        return flow;
                    }
                }
            }
            if let Err(flow) = self.expand_arithmetic(step).await {
                return flow;
            }
        }
    }

    async fn run_case(&mut self, subject: &Word, branches: &[crate::syntax::CaseBranch]) -> Flow {
        let text = match self.expand_single(subject).await {
            Ok(text) => text,
            Err(flow) => return flow,
        };
        let mut falling = false;
        let mut flow = Flow::Next(0);
        for branch in branches {
            let mut matched = falling;
            for wanted in &branch.patterns {
                if matched {
                    break;
                }
                match self.expand_to_pattern(wanted).await {
                    Ok(wanted) => matched = pattern::matches(&wanted, &text),
                    Err(flow) => return flow,
                }
            }
            if matched {
                flow = self.run_list(&branch.body).await;
                falling = branch.falls_through && matches!(flow, Flow::Next(_));
                if !falling {
                    return flow;
                }
            }
        }
        flow
    }

    async fn run_simple(
        &mut self,
        assignments: &[Assignment],
        words: &[Word],
        command: &Command,
        is_last: bool,
    ) -> Flow {
        self.substituted = None;
        let arguments = match self.expand_command(words).await {
            Ok(arguments) => arguments,
            Err(flow) => return flow,
        };
        let arguments = self.expand_alias(arguments);
        if arguments.is_empty() {
            return self.run_assignments(assignments, command).await;
        }
        if self.state.options.trace {
            let shown: Vec<String> = arguments.iter().map(|word| crate::quote(word)).collect();
            self.process
                .print_error(format!("+ {}\n", shown.join(" ")))
                .await;
        }
        let saved = match self.redirect(&command.redirections).await {
            Ok(saved) => saved,
            Err(flow) => return flow,
        };
        let declares = DECLARATIONS.contains(&arguments.first().map_or("", String::as_str));
        let (later, before): (&[Assignment], &[Assignment]) = match declares {
            true => (assignments, &[]),
            false => (&[], assignments),
        };
        let kept = match self.assign_for_command(before).await {
            Ok(kept) => kept,
            Err(flow) => {
                self.restore(saved);
                return flow;
            }
        };
        let keeps_redirections =
            arguments.len() == 1 && arguments.first().is_some_and(|name| name == "exec");
        let mut flow = self.dispatch(arguments, is_last).await;
        for assignment in later {
            if let Err(failed) = self.assign(assignment).await {
                flow = failed;
            }
        }
        for (name, variable) in kept {
            match variable {
                Some(variable) => self.state.variables.insert(name, variable),
                None => self.state.variables.remove(&name),
            };
        }
        if !keeps_redirections {
            self.restore(saved);
        }
        flow
    }

    fn expand_alias(&self, mut arguments: Vec<String>) -> Vec<String> {
        let alias = arguments
            .first()
            .and_then(|name| self.state.aliases.get(name));
        if let Some(text) = alias {
            let words: Vec<String> = text.split_whitespace().map(str::to_string).collect();
            arguments.splice(..1, words);
        }
        arguments
    }

    async fn run_assignments(&mut self, assignments: &[Assignment], command: &Command) -> Flow {
        let saved = match self.redirect(&command.redirections).await {
            Ok(saved) => saved,
            Err(flow) => return flow,
        };
        self.restore(saved);
        for assignment in assignments {
            if let Err(flow) = self.assign(assignment).await {
                return flow;
            }
            if self.state.options.trace && matches!(assignment.value, AssignedValue::Scalar(_)) {
                let name = &assignment.name;
                let value = crate::quote(&self.state.get(name).unwrap_or_default());
                self.process
                    .print_error(format!("+ {name}={value}\n"))
                    .await;
            }
        }
        // `x=$(false)` has the status of the substitution.
        Flow::Next(self.substituted.unwrap_or(0))
    }

    /// Makes the assignments before a command: exported, for its time only.
    async fn assign_for_command(
        &mut self,
        assignments: &[Assignment],
    ) -> Result<OrderedMap<String, Option<Variable>>, Flow> {
        let mut kept = OrderedMap::new();
        for assignment in assignments {
            let old = self.state.variables.get(&assignment.name).cloned();
            self.assign(assignment).await?;
            if let Some(variable) = self.state.variables.get_mut(&assignment.name) {
                variable.exported = true;
            }
            kept.entry(assignment.name.clone()).or_insert(old);
        }
        Ok(kept)
    }

    pub(crate) async fn assign(&mut self, assignment: &Assignment) -> Result<(), Flow> {
        let name = &assignment.name;
        if self.state.is_map(name) {
            return Box::pin(self.assign_to_map(assignment)).await;
        }
        let subscript = match &assignment.subscript {
            Some(word) => Some(self.expand_arithmetic(word).await?),
            None => None,
        };
        let value = match &assignment.value {
            AssignedValue::Scalar(word) => Value::Scalar(self.expand_single(word).await?),
            AssignedValue::Array(words) => {
                let words = self.expand_words(words).await?;
                Value::Array((0..).zip(words).collect())
            }
        };
        let old = self
            .state
            .variables
            .get(name)
            .map(|variable| variable.value.clone());
        let value = combine(old, value, subscript, assignment.append);
        let read_only = self
            .state
            .variables
            .get(name)
            .is_some_and(|variable| variable.read_only);
        if read_only {
            return Err(self.fail(&format!("{name}: readonly variable"), 1).await);
        }
        if let (Value::Array(_), Some(variable)) = (&value, self.state.variables.get_mut(name)) {
            variable.value = value;
            return Ok(());
        }
        self.state.set_value(name, value);
        Ok(())
    }

    /// `NAME[key]=value` and `NAME=([key]=value …)` of an associative array.
    async fn assign_to_map(&mut self, assignment: &Assignment) -> Result<(), Flow> {
        let mut pairs = Vec::new();
        match (&assignment.subscript, &assignment.value) {
            (Some(key), AssignedValue::Scalar(word)) => {
                let key = self.expand_single(key).await?;
                pairs.push((key, self.expand_single(word).await?));
            }
            (None, AssignedValue::Scalar(word)) => {
                pairs.push(("0".into(), self.expand_single(word).await?));
            }
            (_, AssignedValue::Array(words)) => {
                for word in words {
                    let text = self.expand_single(word).await?;
                    let pair = text
                        .strip_prefix('[')
                        .and_then(|text| text.split_once("]="));
                    let Some((key, value)) = pair else {
                        let name = &assignment.name;
                        let message = format!(
                            "{name}: {text}: must use subscript when assigning associative array"
                        );
                        self.complain(&message).await;
                        continue;
                    };
                    pairs.push((key.to_string(), value.to_string()));
                }
            }
        }
        if let Some(variable) = self.state.variables.get_mut(&assignment.name)
            && let Value::Map(items) = &mut variable.value
        {
            let whole = matches!(assignment.value, AssignedValue::Array(_));
            if whole && !assignment.append {
                items.clear();
            }
            for (key, value) in pairs {
                let item = items.entry(Key::new(&key)).or_default();
                *item = if assignment.append && !whole {
                    format!("{item}{value}")
                } else {
                    value
                };
            }
        }
        Ok(())
    }

    /// Runs a function, a built-in or a program, which takes the place of a shell that has nothing
    /// else to do.
    async fn dispatch(&mut self, arguments: Vec<String>, is_last: bool) -> Flow {
        let name = arguments.first().cloned().unwrap_or_default();
        if let Some(body) = self.state.functions.get(&name).cloned() {
            return self.call(body, arguments).await;
        }
        if let Some(builtin) = builtins::find(&name, self.state.flavour) {
            return builtin(self, arguments).await;
        }
        if is_last && !self.state.interactive && !self.state.is_driven {
            let mut spawn = self.process.child(arguments.clone());
            spawn.environment = self.state.environment();
            if self.process.replace(spawn).is_ok() {
                return std::future::pending().await;
            }
        }
        self.run_program(arguments).await
    }

    async fn call(&mut self, body: Rc<Command>, arguments: Vec<String>) -> Flow {
        if self.state.depth >= limits::RECURSION {
            let name = arguments.first().cloned().unwrap_or_default();
            let message = format!(
                "{name}: maximum function nesting level exceeded ({})",
                limits::RECURSION
            );
            return self.fail(&message, 1).await;
        }
        self.state.depth += 1;
        self.state.locals.push(OrderedMap::new());
        let outer = std::mem::replace(
            &mut self.state.arguments,
            arguments.into_iter().skip(1).collect(),
        );
        let flow = self.run_command(&body).await;
        self.state.arguments = outer;
        self.state.depth -= 1;
        for (name, variable) in self.state.locals.pop().unwrap_or_default() {
            match variable {
                Some(variable) => self.state.variables.insert(name, variable),
                None => self.state.variables.remove(&name),
            };
        }
        match flow {
            Flow::Return(status) => Flow::Next(status),
            other => other,
        }
    }

    /// Runs the `EXIT` trap and gives the process's last status.
    pub(crate) async fn finish(&mut self, flow: Flow) -> ExitStatus {
        let status = match flow {
            Flow::Exit(status) | Flow::Next(status) | Flow::Return(status) => status,
            Flow::Interrupted => 130,
            Flow::Break(_) | Flow::Continue(_) => 0,
        };
        self.state.status = status;
        let Some(action) = self.state.traps.remove("EXIT") else {
            return exit_status(status);
        };
        match self.run_text(&action).await {
            Flow::Exit(status) => exit_status(status),
            _ => exit_status(status),
        }
    }
}

/// Whether an item's failure is that of a command, not of a compound one that contains it.
fn is_plain(item: &Item) -> bool {
    let last = item.rest.last().map_or(&item.first, |(_, last)| last);
    last.commands.last().is_some_and(|command| {
        matches!(
            command.kind,
            CommandKind::Simple { .. }
                | CommandKind::Subshell(_)
                | CommandKind::Arithmetic(_)
                | CommandKind::Condition(_)
        )
    })
}

/// The exit status of a number: bash keeps its lowest eight bits.
pub(crate) fn exit_status(status: i32) -> ExitStatus {
    ExitStatus::Exited((status & 0xff) as u8)
}

/// What `break` and `continue` mean to a loop: `None` to go on with the next round.
fn leave_loop(flow: Flow) -> Option<Flow> {
    match flow {
        Flow::Break(1) => Some(Flow::Next(0)),
        Flow::Break(levels) => Some(Flow::Break(levels - 1)),
        Flow::Continue(1) => None,
        Flow::Continue(levels) => Some(Flow::Continue(levels - 1)),
        other => Some(other),
    }
}

fn combine(old: Option<Value>, new: Value, subscript: Option<i64>, append: bool) -> Value {
    match (old, new, subscript) {
        (old, Value::Scalar(text), Some(index)) => {
            let mut items = match old {
                Some(Value::Array(items)) => items,
                Some(Value::Scalar(text)) => OrderedMap::from([(0, text)]),
                Some(Value::Map(_)) | None => OrderedMap::new(),
            };
            let item = items.entry(index).or_default();
            *item = if append {
                format!("{item}{text}")
            } else {
                text
            };
            Value::Array(items)
        }
        (Some(Value::Scalar(old)), Value::Scalar(text), None) if append => {
            Value::Scalar(old + &text)
        }
        (Some(Value::Array(mut items)), Value::Array(more), None) if append => {
            let next = items.keys().next_back().map_or(0, |last| last + 1);
            items.extend((next..).zip(more.into_values()));
            Value::Array(items)
        }
        (_, new, _) => new,
    }
}

/// A future that borrows the shell.
pub(crate) type ShellFuture<'a> = std::pin::Pin<Box<dyn Future<Output = Flow> + 'a>>;

/// The future of a program that is a shell.
pub(crate) type ProgramFuture = LocalFuture<ExitStatus>;
