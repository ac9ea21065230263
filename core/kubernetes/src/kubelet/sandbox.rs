//! The sandbox of a pod: the `pause` container that holds its network.
//!
//! Models kubernetes pkg/kubelet/kuberuntime sandboxes and the CNI plugin that gives addresses.

use std::net::Ipv4Addr;
use std::rc::Rc;

use docker::{ContainerConfig, NetworkMode};
use kubernetes_api::object;
use machine::network::NetworkNamespace;
use serde_json::Value;
use simulation::Duration;

use super::worker::{Next, Worker};
use super::{UID_LABEL, environment};

/// The image of the sandbox.
const PAUSE: &str = "registry.k8s.io/pause:3.10";
/// Virtual time that a sandbox takes to be made, besides the engine's own.
const MAKING: Duration = Duration::from_millis(290);
/// Added for each other sandbox that is being made at the same time.
const CROWDED: Duration = Duration::from_millis(60);
/// At most so many others count.
const CROWD_MAX: u32 = 20;

/// A pod's sandbox.
#[derive(Clone)]
pub(crate) struct Sandbox {
    /// The `pause` container.
    pub(crate) id: String,
    /// The pod's network, and the address that it has of this node; a pod in the host's network
    /// has none of its own.
    pub(crate) network: Option<(NetworkNamespace, Ipv4Addr)>,
}

impl Worker {
    /// Makes sure that the sandbox runs; false when it could not be made.
    pub(crate) async fn ensure_sandbox(self: &Rc<Self>, next: &mut Next) -> bool {
        let current = self.state.borrow().sandbox.clone();
        if let Some(sandbox) = &current {
            let running = self
                .kubelet
                .engine
                .inspect(&sandbox.id)
                .is_ok_and(|info| info.state.is_running());
            if running {
                return true;
            }
            let pod = self.pod();
            let message = "Pod sandbox changed, it will be killed and re-created.";
            self.kubelet
                .recorder
                .event(&pod, "", "Normal", "SandboxChanged", message);
            self.stop_containers(Some(0)).await;
            self.note_lost_containers();
            self.release_sandbox().await;
        }
        let others = self.kubelet.starting.get().min(CROWD_MAX);
        self.kubelet.starting.set(self.kubelet.starting.get() + 1);
        let clock = self.kubelet.api.simulation().clone();
        let counted = Counted(self.clone());
        clock.sleep(MAKING + CROWDED * others).await;
        let made = self.make_sandbox().await;
        drop(counted);
        match made {
            Ok(()) => {
                next.relist = false;
                self.report(true);
                true
            }
            Err(why) => {
                let message = format!("Failed to create pod sandbox: {why}");
                self.kubelet.recorder.event(
                    &self.pod(),
                    "",
                    "Warning",
                    "FailedCreatePodSandBox",
                    &message,
                );
                false
            }
        }
    }

    async fn make_sandbox(self: &Rc<Self>) -> Result<(), String> {
        let pod = self.pod();
        let engine = &self.kubelet.engine;
        let network = self.pod_network(&pod)?;
        let attempt = self.state.borrow().sandboxes;
        let mode = match &network {
            Some((namespace, _)) => NetworkMode::Ready(namespace.clone()),
            None => NetworkMode::Host,
        };
        let mut labels = super::container::labels(&pod, "POD");
        labels.insert("io.kubernetes.docker.type".into(), "podsandbox".into());
        labels.insert(UID_LABEL.into(), self.uid.clone());
        let config = ContainerConfig {
            name: Some(format!(
                "k8s_POD_{}_{}_{}_{attempt}",
                object::name(&pod),
                object::namespace(&pod),
                self.uid
            )),
            image: PAUSE.to_owned(),
            hostname: Some(environment::hostname(&pod)),
            labels,
            network: mode,
            ..ContainerConfig::default()
        };
        if engine.image(PAUSE).is_err() {
            engine.pull(PAUSE).await.map_err(|error| error.message)?;
        }
        let id = match engine.create_container(config) {
            Ok(id) => id,
            Err(error) => {
                if let Some((namespace, address)) = network {
                    namespace.close();
                    self.kubelet.free_address(address);
                }
                return Err(error.message);
            }
        };
        {
            let mut state = self.state.borrow_mut();
            state.sandboxes += 1;
            state.sandbox = Some(Sandbox {
                id: id.clone(),
                network,
            });
        }
        engine.start(&id).await.map_err(|error| error.message)
    }

    fn pod_network(&self, pod: &Value) -> Result<Option<(NetworkNamespace, Ipv4Addr)>, String> {
        if object::get_bool(pod, &["spec", "hostNetwork"]) {
            return Ok(None);
        }
        let address = self
            .kubelet
            .take_address()
            .ok_or("no IP addresses available in range set")?;
        let namespace = self.kubelet.engine.kernel().network().namespace();
        namespace
            .add_address(address)
            .map_err(|errno| errno.to_string())?;
        Ok(Some((namespace, address)))
    }

    /// The pod's address, when it has one.
    pub(crate) fn address(&self) -> Option<Ipv4Addr> {
        let state = self.state.borrow();
        let sandbox = state.sandbox.as_ref()?;
        Some(match &sandbox.network {
            Some((_, address)) => *address,
            None => self.kubelet.address,
        })
    }

    /// Stops and removes the sandbox and gives its address back.
    pub(crate) async fn release_sandbox(self: &Rc<Self>) {
        let sandbox = self.state.borrow_mut().sandbox.take();
        let Some(sandbox) = sandbox else {
            return;
        };
        // A sandbox that is gone already is as good.
        let _ = self.kubelet.engine.stop(&sandbox.id, Some(0)).await;
        let _ = self.kubelet.engine.remove(&sandbox.id, true, true).await;
        if let Some((namespace, address)) = sandbox.network {
            namespace.close();
            self.kubelet.free_address(address);
        }
    }

    /// The containers of a lost sandbox are started anew without a back-off.
    fn note_lost_containers(&self) {
        for run in self.state.borrow_mut().runs.values_mut() {
            run.ready = false;
            run.started = false;
        }
    }
}

/// Counts a sandbox as being made until it is dropped.
struct Counted(Rc<Worker>);

impl Drop for Counted {
    fn drop(&mut self) {
        let starting = &self.0.kubelet.starting;
        starting.set(starting.get().saturating_sub(1));
    }
}
