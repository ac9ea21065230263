//! What the picture of the cluster shows, as plain values.

/// The whole picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// The nodes, by name.
    pub nodes: Vec<NodeView>,
    /// Pods that no node runs yet.
    pub waiting: Vec<PodView>,
    /// The Services of the learner's namespace.
    pub services: Vec<ServiceView>,
    /// Containers that Docker runs outside of pods.
    pub containers: Vec<ContainerView>,
}

/// A node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeView {
    /// Its name.
    pub name: String,
    /// Whether it is Ready.
    pub ready: bool,
    /// Its pods, in the order of their creation.
    pub pods: Vec<PodView>,
}

/// A pod.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodView {
    /// What never changes.
    pub uid: String,
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// What `kubectl get pods` has under STATUS.
    pub status: String,
    /// The address, empty until there is one.
    pub address: String,
    /// Restarts of all containers.
    pub restarts: u64,
    /// What owns it, such as `ReplicaSet/hello-5d77dd784d`; empty for a pod of its own.
    pub owner: String,
    /// The containers.
    pub containers: Vec<ContainerView>,
}

/// A container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContainerView {
    /// The name in the pod, or Docker's.
    pub name: String,
    /// The image's name.
    pub image: String,
    /// The first twelve digits of Docker's id; empty before it exists.
    pub id: String,
    /// In one or two words: `Running`, `Error`, `CrashLoopBackOff`, …
    pub state: String,
    /// Whether it is running now.
    pub running: bool,
}

/// A Service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceView {
    /// The name.
    pub name: String,
    /// Its address and ports, such as `10.96.0.12:30000`.
    pub address: String,
    /// How many endpoints are ready.
    pub endpoints: usize,
}

/// How a state looks: a class of the style sheet.
pub fn tone(status: &str) -> &'static str {
    match status {
        "Running" | "Completed" | "Succeeded" => "good",
        "Terminating" => "leaving",
        "Pending" | "ContainerCreating" | "PodInitializing" | "Waiting" | "Created"
        | "NotReady" => "waiting",
        _ => "bad",
    }
}
