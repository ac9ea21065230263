//! The end of a pod: hooks, the grace period, the last report, the removal from the API server.
//!
//! Models `SyncTerminatingPod` and `SyncTerminatedPod` of kubernetes pkg/kubelet.

use std::rc::Rc;

use kubernetes_api::object;
use serde_json::Value;
use simulation::{Duration, Either, join_all, race};

use super::probe;
use super::worker::Worker;
use crate::server::DeleteOptions;

/// Virtual time before a pod's containers are told to end.
const NOTICE: Duration = Duration::from_millis(12);
/// Virtual time from the last container's end to the report of it.
const TEARDOWN: Duration = Duration::from_millis(190);
/// Virtual time that the clean-up of volumes and control groups takes after the kubelet has seen,
/// when it next compares the containers, that nothing of the pod runs any more.
const CLEANUP: Duration = Duration::from_millis(20);

impl Worker {
    /// Ends the pod for good.
    pub(crate) async fn terminate(self: &Rc<Self>) {
        let clock = self.kubelet.api.simulation().clone();
        clock.sleep(NOTICE).await;
        let had_containers = self.has_running();
        self.report(false);
        self.stop_containers(None).await;
        if had_containers {
            clock.sleep(TEARDOWN).await;
        }
        self.state.borrow_mut().stopped = true;
        self.report_end();
        self.release_sandbox().await;
        clock
            .sleep_until(self.kubelet.next_relist() + CLEANUP)
            .await;
        self.remove_containers().await;
        self.delete_from_server();
        self.kubelet.forget(&self.uid);
    }

    fn has_running(&self) -> bool {
        let state = self.state.borrow();
        state.runs.values().any(|run| {
            run.id
                .as_ref()
                .and_then(|id| self.kubelet.engine.inspect(id).ok())
                .is_some_and(|info| info.state.is_running())
        })
    }

    fn report_end(&self) {
        if self.state.borrow().start_time.is_empty() {
            return;
        }
        self.report(false);
    }

    /// The seconds that the containers have to end.
    fn grace(&self) -> i64 {
        let pod = self.pod();
        if self.deleted.get() {
            // It was forced off the API server: the kubelet is quick about it too.
            return 1;
        }
        object::get_i64(&pod, &["metadata", "deletionGracePeriodSeconds"])
            .or_else(|| object::get_i64(&pod, &["spec", "terminationGracePeriodSeconds"]))
            .unwrap_or(30)
            .max(1)
    }

    /// Stops all running containers; a shorter grace period that is asked for meanwhile counts.
    pub(crate) async fn stop_containers(self: &Rc<Self>, grace: Option<i64>) {
        let pod = self.pod();
        let mut mains = Vec::new();
        let mut sidecars = Vec::new();
        for list in ["containers", "ephemeralContainers", "initContainers"] {
            for spec in object::get_list(&pod, &["spec", list]) {
                let name = object::get_str(spec, &["name"]);
                if let Some(info) = self.inspect(name).filter(|info| info.state.is_running()) {
                    let of_init = list == "initContainers";
                    let into = if of_init { &mut sidecars } else { &mut mains };
                    into.push((spec.clone(), info.id));
                }
            }
        }
        // Sidecars end after the containers that may need them.
        for group in [mains, sidecars] {
            let stops = group
                .into_iter()
                .map(|(spec, id)| {
                    let (worker, pod) = (self.clone(), pod.clone());
                    Box::pin(async move { worker.stop_container(&pod, &spec, &id, grace).await })
                        as simulation::LocalFuture<()>
                })
                .collect();
            join_all(stops).await;
        }
    }

    async fn stop_container(
        self: &Rc<Self>,
        pod: &Value,
        spec: &Value,
        id: &str,
        grace: Option<i64>,
    ) {
        let name = object::get_str(spec, &["name"]);
        let message = format!("Stopping container {name}");
        self.event(pod, spec, "Normal", "Killing", &message);
        if let Some(run) = self.state.borrow_mut().runs.get_mut(name) {
            run.stop_probes();
        }
        let mut grace = grace.unwrap_or_else(|| self.grace());
        let began = self.kubelet.api.now();
        loop {
            let shorter = self.ending.listen();
            match race(self.stop_within(pod, spec, id, grace), shorter).await {
                Either::Left(()) => return,
                Either::Right(()) => {
                    let passed = (self.kubelet.api.now() - began) / 1_000_000_000;
                    grace = (self.grace() - passed).clamp(0, grace);
                }
            }
        }
    }

    async fn stop_within(self: &Rc<Self>, pod: &Value, spec: &Value, id: &str, grace: i64) {
        let mut left = grace;
        if let Some(hook) = object::get(spec, &["lifecycle", "preStop"]) {
            let began = self.kubelet.api.now();
            let seconds = u64::try_from(grace.max(0)).unwrap_or(0);
            let limit = Duration::from_secs(seconds);
            if probe::handle(self, pod, spec, id, hook, limit)
                .await
                .is_err()
            {
                // The cause is left out: it might tell a secret.
                self.event(
                    pod,
                    spec,
                    "Warning",
                    "FailedPreStopHook",
                    "PreStopHook failed",
                );
            }
            let passed = (self.kubelet.api.now() - began) / 1_000_000_000;
            // The signal gets two seconds in any case.
            left = (grace - passed).max(2);
        }
        // A container that ended meanwhile is as good.
        let _ = self.kubelet.engine.stop(id, Some(left)).await;
    }

    async fn remove_containers(&self) {
        let ids: Vec<String> = {
            let mut state = self.state.borrow_mut();
            let runs = std::mem::take(&mut state.runs);
            runs.into_values()
                .flat_map(|mut run| [run.id.take(), run.last_id.take()])
                .flatten()
                .collect()
        };
        for id in ids {
            // One that is gone already is as good.
            let _ = self.kubelet.engine.remove(&id, true, true).await;
        }
    }

    fn delete_from_server(&self) {
        let pod = self.pod();
        let Some(resource) = self.kubelet.api.resource("pods") else {
            return;
        };
        let options = DeleteOptions {
            grace_period_seconds: Some(0),
            uid: self.uid.clone(),
            ..DeleteOptions::default()
        };
        // One that is gone already is as good.
        let _ = self.kubelet.api.delete(
            &resource,
            object::namespace(&pod),
            object::name(&pod),
            &options,
        );
    }
}
