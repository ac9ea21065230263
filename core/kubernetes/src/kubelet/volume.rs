//! Volumes: the files that a pod's containers share or are given.
//!
//! Models kubernetes pkg/volume for emptyDir, hostPath, ConfigMaps, Secrets, the downward API,
//! projected volumes and claims that are bound to a hostPath.

use ordered::OrderedMap;
use std::rc::Rc;

use docker::{MountSource, MountSpec};
use kubernetes_api::{base64, object};
use machine::{Content, Entry, Tree};
use serde_json::Value;
use simulation::Duration;

use super::environment;
use super::worker::{Next, Worker};

/// The first wait before a volume is tried again.
const RETRY_MIN: Duration = Duration::from_millis(500);
/// The longest wait before a volume is tried again.
const RETRY_MAX: Duration = Duration::from_secs(122);

/// Changed ConfigMaps and Secrets show in their volumes within this.
const REFRESH: Duration = Duration::from_secs(75);

/// Volumes by name.
pub(crate) struct Volumes {
    ready: OrderedMap<String, Source>,
    failures: u32,
    complete: bool,
}

#[derive(Clone)]
enum Source {
    /// A tree and the folder in it that has the files, as far as they are reached through a link.
    Tree(Tree, String),
    Host(String),
}

impl Worker {
    /// Sets the volumes up; false while one is missing.
    pub(crate) fn ensure_volumes(self: &Rc<Self>, next: &mut Next) -> bool {
        let failures = match &self.state.borrow().volumes {
            Some(volumes) if volumes.complete => return true,
            Some(volumes) => volumes.failures,
            None => 0,
        };
        let pod = self.pod();
        let mut volumes = Volumes {
            ready: OrderedMap::new(),
            failures: failures + 1,
            complete: true,
        };
        for volume in object::get_list(&pod, &["spec", "volumes"]) {
            let name = object::get_str(volume, &["name"]);
            match source(self, &pod, volume) {
                Ok(source) => {
                    volumes.ready.insert(name.to_owned(), source);
                }
                Err(why) => {
                    let message = format!("MountVolume.SetUp failed for volume \"{name}\" : {why}");
                    self.kubelet
                        .recorder
                        .event(&pod, "", "Warning", "FailedMount", &message);
                    volumes.complete = false;
                }
            }
        }
        let complete = volumes.complete;
        self.state.borrow_mut().volumes = Some(volumes);
        if !complete {
            let wait = RETRY_MIN * 2_u32.pow(failures.min(8));
            next.at_most(wait.min(RETRY_MAX));
        }
        complete
    }
}

impl Worker {
    /// Looks whether a pod's volumes show a ConfigMap or Secret that has changed; if so they show
    /// the new files after a while.
    pub(crate) fn data_changed(self: &Rc<Self>, resource: &str, namespace: &str, name: &str) {
        let pod = self.pod();
        let shown = object::namespace(&pod) == namespace
            && object::get_list(&pod, &["spec", "volumes"])
                .iter()
                .any(|volume| shows(volume, resource, name));
        if !shown {
            return;
        }
        let worker = self.clone();
        let wait = REFRESH.mul_f64(self.kubelet.api.random().unit());
        let clock = self.kubelet.api.simulation().clone();
        let (resource, name) = (resource.to_owned(), name.to_owned());
        self.kubelet.api.simulation().spawn(async move {
            clock.sleep(wait).await;
            worker.refresh(&resource, &name);
        });
    }

    /// Writes the files of the volumes that show a ConfigMap or Secret anew.
    fn refresh(self: &Rc<Self>, resource: &str, name: &str) {
        let pod = self.pod();
        for volume in object::get_list(&pod, &["spec", "volumes"]) {
            if !shows(volume, resource, name) {
                continue;
            }
            let key = object::get_str(volume, &["name"]);
            let mut state = self.state.borrow_mut();
            let sources = state.volumes.as_mut().map(|volumes| &mut volumes.ready);
            let Some(Source::Tree(tree, old)) = sources.and_then(|ready| ready.get_mut(key)) else {
                continue;
            };
            let tree = tree.clone();
            let former = old.clone();
            drop(state);
            // What cannot be shown now stays as it was.
            let Ok(folder) = fill(self, &pod, volume, &tree) else {
                continue;
            };
            let kept = tree.names(&folder);
            for stale in tree.names("/") {
                if !stale.starts_with("..") && !kept.contains(&stale) {
                    tree.remove(&format!("/{stale}"));
                }
            }
            tree.remove(&former);
            let mut state = self.state.borrow_mut();
            if let Some(volumes) = state.volumes.as_mut() {
                volumes
                    .ready
                    .insert(key.to_owned(), Source::Tree(tree, folder));
            }
        }
    }
}

fn source(worker: &Rc<Worker>, pod: &Value, volume: &Value) -> Result<Source, String> {
    if let Some(host) = volume.get("hostPath") {
        return Ok(Source::Host(object::get_str(host, &["path"]).to_owned()));
    }
    if let Some(claim) = volume.get("persistentVolumeClaim") {
        return claimed(worker, pod, object::get_str(claim, &["claimName"]));
    }
    let tree = Tree::new(Vec::new());
    let now = worker.kubelet.api.simulation().now();
    let mut root = Entry::directory(now);
    root.metadata.mode = 0o777;
    tree.put("/", root);
    if volume.get("emptyDir").is_some() {
        return Ok(Source::Tree(tree, String::new()));
    }
    let folder = fill(worker, pod, volume, &tree)?;
    Ok(Source::Tree(tree, folder))
}

/// Writes the files of a volume into a new folder of its tree and points `..data` to it; gives the
/// folder.
fn fill(worker: &Rc<Worker>, pod: &Value, volume: &Value, tree: &Tree) -> Result<String, String> {
    let now = worker.kubelet.api.simulation().now();
    let folder = data_folder(now);
    tree.put(&folder, Entry::directory(now));
    let writer = Writer {
        worker,
        pod,
        tree,
        folder: &folder,
    };
    if let Some(map) = volume.get("configMap") {
        let name = object::get_str(map, &["name"]);
        writer.data("configmaps", "configmap", name, map)?;
    } else if let Some(secret) = volume.get("secret") {
        let name = object::get_str(secret, &["secretName"]);
        writer.data("secrets", "secret", name, secret)?;
    } else if let Some(fields) = volume.get("downwardAPI") {
        writer.fields(fields);
    } else if let Some(projected) = volume.get("projected") {
        for source in object::get_list(projected, &["sources"]) {
            writer.projected(source)?;
        }
    }
    let target = folder.trim_start_matches('/');
    tree.put("/..data", Entry::symlink(target, now));
    Ok(folder)
}

/// Whether a volume shows a ConfigMap (`configmaps`) or Secret of a name.
fn shows(volume: &Value, resource: &str, name: &str) -> bool {
    let (field, key) = match resource {
        "configmaps" => ("configMap", "name"),
        _ => ("secret", "secretName"),
    };
    let projected = object::get_list(volume, &["projected", "sources"])
        .iter()
        .any(|source| object::get_str(source, &[field, "name"]) == name);
    projected || object::get_str(volume, &[field, key]) == name
}

fn claimed(worker: &Rc<Worker>, pod: &Value, name: &str) -> Result<Source, String> {
    let store = worker.kubelet.api.store();
    let claim = store
        .get("persistentvolumeclaims", object::namespace(pod), name)
        .ok_or_else(|| format!("persistentvolumeclaim \"{name}\" not found"))?;
    let volume = object::get_str(&claim, &["spec", "volumeName"]);
    let found = store
        .get("persistentvolumes", "", volume)
        .ok_or_else(|| format!("persistentvolume \"{volume}\" not found"))?;
    let path = match object::get_str(&found, &["spec", "hostPath", "path"]) {
        "" => object::get_str(&found, &["spec", "local", "path"]),
        path => path,
    };
    Ok(Source::Host(if path.is_empty() {
        format!("/var/lib/kubelet/volumes/{volume}")
    } else {
        path.to_owned()
    }))
}

struct Writer<'a> {
    worker: &'a Rc<Worker>,
    pod: &'a Value,
    tree: &'a Tree,
    /// The folder that `..data` is to point to.
    folder: &'a str,
}

/// The name of the folder with the files of a moment, as the kubelet's atomic writer makes one.
fn data_folder(now: simulation::Time) -> String {
    let nanos = i64::try_from(now.as_nanos()).unwrap_or(0);
    let text: String = kubernetes_api::time::rfc3339_nano(nanos)
        .trim_end_matches('Z')
        .chars()
        .map(|letter| {
            if matches!(letter, '-' | 'T' | ':') {
                '_'
            } else {
                letter
            }
        })
        .collect();
    format!("/..{text}")
}

impl Writer<'_> {
    fn file(&self, path: &str, bytes: Vec<u8>, mode: u32) {
        let now = self.worker.kubelet.api.simulation().now();
        let mut folder = self.folder.to_owned();
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let (_, folders) = parts.split_last().unwrap_or((&"", &[]));
        for part in folders {
            folder = format!("{folder}/{part}");
            if self.tree.get(&folder).is_none() {
                self.tree.put(&folder, Entry::directory(now));
            }
        }
        let full = format!("{}/{}", self.folder, parts.join("/"));
        self.tree
            .put(&full, Entry::file(Content::new(bytes), mode, now));
        let first = parts.first().copied().unwrap_or_default();
        let link = Entry::symlink(&format!("..data/{first}"), now);
        self.tree.put(&format!("/{first}"), link);
    }

    /// The keys of a ConfigMap or Secret as files.
    fn data(&self, resource: &str, kind: &str, name: &str, spec: &Value) -> Result<(), String> {
        let store = self.worker.kubelet.api.store();
        let namespace = object::namespace(self.pod);
        let Some(found) = store.get(resource, namespace, name) else {
            if object::get_bool(spec, &["optional"]) {
                return Ok(());
            }
            return Err(format!("{kind} \"{name}\" not found"));
        };
        let mode = object::get_i64(spec, &["defaultMode"])
            .and_then(|mode| u32::try_from(mode).ok())
            .unwrap_or(0o644);
        let content = |key: &str| -> Option<Vec<u8>> {
            let encoded = |text: &str| base64::decode(text).unwrap_or_default();
            if let Some(text) = object::get(&found, &["data", key]).and_then(Value::as_str) {
                return Some(if kind == "secret" {
                    encoded(text)
                } else {
                    text.as_bytes().to_vec()
                });
            }
            object::get(&found, &["binaryData", key])
                .and_then(Value::as_str)
                .map(encoded)
        };
        let items = object::get_list(spec, &["items"]);
        if items.is_empty() {
            for field in ["data", "binaryData"] {
                for key in object::get_map(&found, &[field]).into_iter().flatten() {
                    self.file(key.0, content(key.0).unwrap_or_default(), mode);
                }
            }
        }
        for item in items {
            let key = object::get_str(item, &["key"]);
            let mode = object::get_i64(item, &["mode"])
                .and_then(|mode| u32::try_from(mode).ok())
                .unwrap_or(mode);
            match content(key) {
                Some(bytes) => self.file(object::get_str(item, &["path"]), bytes, mode),
                None if object::get_bool(spec, &["optional"]) => {}
                None => {
                    return Err(format!("references non-existent {kind} key: {key}"));
                }
            }
        }
        Ok(())
    }

    /// Fields of the pod as files.
    fn fields(&self, spec: &Value) {
        for item in object::get_list(spec, &["items"]) {
            let path = object::get_str(item, &["path"]);
            let text = if let Some(field) = item.get("fieldRef") {
                let field = object::get_str(field, &["fieldPath"]);
                environment::pod_field(self.worker, self.pod, field)
            } else if let Some(field) = item.get("resourceFieldRef") {
                let name = object::get_str(field, &["containerName"]);
                let container = object::get_list(self.pod, &["spec", "containers"])
                    .iter()
                    .find(|container| object::get_str(container, &["name"]) == name)
                    .cloned()
                    .unwrap_or_default();
                environment::resource_field(self.worker, &container, field)
            } else {
                continue;
            };
            self.file(path, text.into_bytes(), 0o644);
        }
    }

    fn projected(&self, source: &Value) -> Result<(), String> {
        if let Some(map) = source.get("configMap") {
            self.data(
                "configmaps",
                "configmap",
                object::get_str(map, &["name"]),
                map,
            )?;
        }
        if let Some(secret) = source.get("secret") {
            self.data(
                "secrets",
                "secret",
                object::get_str(secret, &["name"]),
                secret,
            )?;
        }
        if let Some(fields) = source.get("downwardAPI") {
            self.fields(fields);
        }
        if let Some(token) = source.get("serviceAccountToken") {
            let name = object::get_str(self.pod, &["spec", "serviceAccountName"]);
            let text = format!(
                "eyJhbGciOiJSUzI1NiJ9.{}.{}.{}",
                object::namespace(self.pod),
                name,
                self.worker.uid
            );
            self.file(object::get_str(token, &["path"]), text.into_bytes(), 0o644);
        }
        Ok(())
    }
}

/// What a container mounts.
///
/// # Errors
/// When a volume is not there.
pub(crate) fn mounts(worker: &Rc<Worker>, spec: &Value) -> Result<Vec<MountSpec>, String> {
    let state = worker.state.borrow();
    let mut mounts = Vec::new();
    for mount in object::get_list(spec, &["volumeMounts"]) {
        let name = object::get_str(mount, &["name"]);
        let source = state
            .volumes
            .as_ref()
            .and_then(|volumes| volumes.ready.get(name))
            .ok_or_else(|| format!("volume \"{name}\" is not ready"))?;
        let below = object::get_str(mount, &["subPath"]);
        let source = match source {
            Source::Tree(tree, _) if below.is_empty() => {
                MountSource::Tree(tree.clone(), "/".to_owned())
            }
            Source::Tree(tree, folder) => {
                let path = format!("{folder}/{below}");
                if folder.is_empty() && tree.get(&path).is_none() {
                    let now = worker.kubelet.api.simulation().now();
                    tree.put(&path, Entry::directory(now));
                }
                MountSource::Tree(tree.clone(), path)
            }
            Source::Host(path) if below.is_empty() => MountSource::Host(path.clone()),
            Source::Host(path) => MountSource::Host(format!("{path}/{below}")),
        };
        mounts.push(MountSpec {
            target: object::get_str(mount, &["mountPath"]).to_owned(),
            source,
            read_only: object::get_bool(mount, &["readOnly"]),
        });
    }
    Ok(mounts)
}
