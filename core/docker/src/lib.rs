//! Docker: images and their layers, a registry, containers, networks, volumes, Dockerfile builds,
//! and the `docker` command.
//!
//! An [`Engine`] is one machine's Docker daemon. The kubelet and the `docker` command use the same
//! one, which is what makes `docker stop` of a pod's container meaningful. Knows nothing of
//! Kubernetes.

// The JSON of a container is one large literal.
#![recursion_limit = "512"]

mod build;
mod command;
mod digest;
mod engine;
mod error;
mod image;
mod json;
pub mod limits;
mod programs;
mod reference;
mod registry;
mod template;

pub use build::{BuildContext, BuildError, BuildOptions, Dockerfile};
pub use engine::{
    AttachHandle, AttachStreams, Change, ContainerConfig, ContainerInfo, ContainerState,
    ContainerStatus, DockerNetwork, Endpoint, Engine, EngineOptions, Event, ExecConfig, ExecHandle,
    Filters, Health, LogLine, LogOptions, LogReader, LogStream, MountSource, MountSpec,
    NetworkMode, PortBinding, RemovedImage, RestartPolicy, Volume,
};
pub use error::EngineError;
pub use image::{Healthcheck, HistoryEntry, Image, ImageConfig, ImageLayer};
pub use programs::install;
pub use reference::Reference;
pub use registry::Registry;
