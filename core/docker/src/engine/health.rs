//! Health checks: a command that runs in the container again and again.

use super::Engine;
use super::config::{ExecConfig, Health};
use super::container::Container;
use crate::Healthcheck;
use machine::{Duration, Signal};
use std::rc::Rc;

const INTERVAL: Duration = Duration::from_secs(30);
const TIMEOUT: Duration = Duration::from_secs(30);
const RETRIES: u32 = 3;

impl Engine {
    /// Starts checking a container that has just been started, when it has a check.
    pub(super) fn watch_health(&self, container: &Rc<Container>) {
        let config = container.config();
        let check = config
            .healthcheck
            .as_ref()
            .or(container.image.config.healthcheck.as_ref());
        let Some(check) = check.cloned() else { return };
        let Some(command) = command_of(&check, container) else {
            return;
        };
        container.state.borrow_mut().health = Some(Health {
            status: "starting".into(),
            failing_streak: 0,
        });
        let (engine, container) = (self.clone(), container.clone());
        let started = container.state.borrow().started;
        self.simulation().spawn(async move {
            let interval = or_default(check.interval, INTERVAL);
            loop {
                engine.simulation().sleep(interval).await;
                let state = container.state.borrow().clone();
                if !state.is_running() || state.started != started {
                    return;
                }
                engine.check_once(&container, &check, command.clone()).await;
            }
        });
    }

    async fn check_once(
        &self,
        container: &Rc<Container>,
        check: &Healthcheck,
        command: Vec<String>,
    ) {
        let config = ExecConfig {
            command,
            ..ExecConfig::default()
        };
        let limit = or_default(check.timeout, TIMEOUT);
        let healthy = match self.exec(&container.id, config) {
            Ok(handle) => {
                let code = simulation::timeout(self.simulation(), limit, handle.wait()).await;
                if code.is_none() {
                    handle.signal(Signal::KILL);
                }
                code == Some(0)
            }
            Err(_) => false,
        };
        let now = self.now();
        let mut changed = None;
        {
            let mut state = container.state.borrow_mut();
            let young = state
                .started
                .is_some_and(|started| now.since(started) < check.start_period);
            let Some(health) = &mut state.health else {
                return;
            };
            let before = health.status.clone();
            if healthy {
                health.failing_streak = 0;
                health.status = "healthy".into();
            } else if !(young && before == "starting") {
                health.failing_streak += 1;
                let retries = if check.retries == 0 {
                    RETRIES
                } else {
                    check.retries
                };
                if health.failing_streak >= retries {
                    health.status = "unhealthy".into();
                }
            }
            if health.status != before {
                changed = Some(health.status.clone());
            }
        }
        if let Some(status) = changed {
            self.container_event(container, &format!("health_status: {status}"), &[]);
            container.changed.notify();
        }
    }
}

fn or_default(span: Duration, default: Duration) -> Duration {
    if span.is_zero() { default } else { span }
}

fn command_of(check: &Healthcheck, container: &Container) -> Option<Vec<String>> {
    let (kind, rest) = check.test.split_first()?;
    match kind.as_str() {
        "CMD" => Some(rest.to_vec()),
        "CMD-SHELL" => {
            let shell = container.image.config.shell.clone();
            let mut command = shell.unwrap_or_else(|| vec!["/bin/sh".into(), "-c".into()]);
            command.extend(rest.iter().cloned());
            Some(command)
        }
        _ => None,
    }
}
