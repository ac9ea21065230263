//! Kustomizations: folders whose `kustomization.yaml` says which objects to take from files and
//! other folders, what to generate, and what to change in all of them.
//!
//! Models sigs.k8s.io/kustomize `api/krusty` and `api/internal/target`. Components, vars,
//! replacements, charts and remote bases are not here.

mod generators;
mod references;
mod transformers;

use crate::failure::Failure;
use crate::files::{self, no_kustomization};
use kubernetes_api::object::{api_version, get, get_list, kind, name, namespace};
use machine::{Process, path};
use serde_json::Value;

const NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
/// Folders that may build on one another.
const DEPTH_MAX: usize = 32;
/// Fields that a kustomization may have.
const FIELDS: &str = " apiVersion kind metadata openapi namePrefix nameSuffix namespace commonLabels labels commonAnnotations patchesStrategicMerge patchesJson6902 patches images imageTags replacements replicas vars sortOptions resources components crds bases configMapGenerator secretGenerator helmGlobals helmCharts helmChartInflationGenerator generatorOptions configurations generators transformers validators buildMetadata ";
/// Fields that have a successor.
const DEPRECATED: [(&str, &str); 6] = [
    ("commonLabels", "labels"),
    ("bases", "resources"),
    ("imageTags", "images"),
    ("patchesJson6902", "patches"),
    ("patchesStrategicMerge", "patches"),
    ("vars", "replacements"),
];
/// Kinds that come first, in this order.
const FIRST: &str = "Namespace ResourceQuota StorageClass CustomResourceDefinition ServiceAccount PodSecurityPolicy Role ClusterRole RoleBinding ClusterRoleBinding ConfigMap Secret Endpoints Service LimitRange PriorityClass PersistentVolume PersistentVolumeClaim Deployment StatefulSet CronJob PodDisruptionBudget";
/// Kinds that come last.
const LAST: [&str; 2] = [
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
];

/// An object on its way through the kustomizations.
#[derive(Clone, Debug)]
struct Item {
    object: Value,
    /// The names that it had before, by which others may refer to it.
    former: Vec<String>,
    /// Whether its name gets the hash of its content.
    hashed: bool,
}

impl Item {
    fn new(object: Value) -> Item {
        Item {
            object,
            former: Vec::new(),
            hashed: false,
        }
    }

    fn rename(&mut self, name: String) {
        let before = self::name(&self.object).to_owned();
        if before != name {
            self.former.push(before);
            kubernetes_api::object::set(&mut self.object, &["metadata", "name"], name);
        }
    }

    fn is_called(&self, name: &str) -> bool {
        self::name(&self.object) == name || self.former.iter().any(|one| one == name)
    }
}

/// The objects of a folder's kustomization, in the order in which they are printed, and the warnings
/// about it.
pub fn build(process: &Process, folder: &str) -> Result<(Vec<Value>, String), Failure> {
    let mut warnings = String::new();
    let given = folder;
    let folder = process.path(given);
    if !process.files().exists(&folder) {
        return Err(Failure::message(format!(
            "must build at directory: not a valid directory: evalsymlink failure on '{given}' : lstat {folder}: no such file or directory"
        )));
    }
    let mut items = target(process, &folder, 0, &mut warnings).map_err(Failure::message)?;
    for item in &mut items {
        if item.hashed {
            let hash = generators::hash(&item.object);
            let name = format!("{}-{hash}", name(&item.object));
            item.rename(name);
        }
    }
    references::update(&mut items);
    let mut objects: Vec<Value> = items.into_iter().map(|item| item.object).collect();
    objects.sort_by_cached_key(rank);
    Ok((objects, warnings))
}

/// The objects as one text.
pub fn print(objects: &[Value]) -> String {
    let texts: Vec<String> = objects.iter().map(kubernetes_api::yaml::print).collect();
    texts.join("---\n")
}

/// Where an object comes in the output: by its kind, then by its name.
fn rank(object: &Value) -> (i32, String) {
    let of = kind(object);
    let place = match FIRST.split(' ').position(|one| one == of) {
        Some(place) => i32::try_from(place).unwrap_or(0) - 100,
        None if LAST.contains(&of) => 1,
        None => 0,
    };
    let (group, version) = group_version(object);
    let or = |text: &str, none: &str| (if text.is_empty() { none } else { text }).to_owned();
    let id = format!(
        "{}_{version}_{of}|{}|{}",
        or(group, "~G"),
        or(namespace(object), "~X"),
        name(object)
    );
    (place, id)
}

fn group_version(object: &Value) -> (&str, &str) {
    let whole = api_version(object);
    whole.split_once('/').unwrap_or(("", whole))
}

/// How kustomize names an object: `Deployment.v1.apps/web.[noNs]`.
fn id(object: &Value) -> String {
    let (group, version) = group_version(object);
    let or = |text: &str, none: &str| (if text.is_empty() { none } else { text }).to_owned();
    format!(
        "{}.{version}.{}/{}.{}",
        kind(object),
        or(group, "[noGrp]"),
        name(object),
        or(namespace(object), "[noNs]")
    )
}

/// Reads a file of a folder, or of one below it.
fn read(process: &Process, folder: &str, path: &str) -> Result<String, String> {
    if !path.starts_with(&format!("{folder}/")) && process.files().exists(path) {
        return Err(format!(
            "security; file '{path}' is not in or below '{folder}'"
        ));
    }
    match process.files().read(path) {
        Ok(content) => Ok(content.text()),
        Err(error) => Err(format!("open {path}: {}", files::go_error(error))),
    }
}

fn target(
    process: &Process,
    folder: &str,
    depth: usize,
    warnings: &mut String,
) -> Result<Vec<Item>, String> {
    let found = NAMES
        .iter()
        .map(|name| path::absolute(folder, name))
        .find(|path| process.files().exists(path));
    let Some(found) = found.filter(|_| depth < DEPTH_MAX) else {
        return Err(no_kustomization(folder).sentence());
    };
    let text = read(process, folder, &found)?;
    let file = files::parse_yaml(&text).map_err(|why| format!("invalid Kustomization: {why}"))?;
    let Value::Object(fields) = &file else {
        return Err("kustomization.yaml is empty".to_owned());
    };
    if let Some(unknown) = fields
        .keys()
        .find(|key| !FIELDS.contains(&format!(" {key} ")))
    {
        return Err(format!(
            "invalid Kustomization: json: unknown field {}",
            kubernetes_api::json::quote_go(unknown)
        ));
    }
    for (field, now) in DEPRECATED {
        if fields.contains_key(field) {
            warnings.push_str(&format!(
                "# Warning: '{field}' is deprecated. Please use '{now}' instead. Run 'kustomize edit fix' to update your Kustomization automatically.\n"
            ));
        }
    }
    let mut items = Vec::new();
    for list in ["resources", "bases"] {
        for one in get_list(&file, &[list]).iter().filter_map(Value::as_str) {
            let more = accumulate(process, folder, one, depth, warnings)
                .and_then(|more| merge(&mut items, more).map_err(|why| merging(one, &why)))
                .map_err(|why| format!("accumulating resources: {why}"));
            more?;
        }
    }
    generators::run(process, folder, &file, &mut items)?;
    transformers::run(process, folder, &file, &mut items)?;
    Ok(items)
}

fn merging(one: &str, why: &str) -> String {
    format!(
        "accumulation err='merging resources from '{one}': {why}': must build at directory: not a valid directory: '{one}': file is not directory"
    )
}

/// Adds objects that must not be there yet.
fn merge(items: &mut Vec<Item>, more: Vec<Item>) -> Result<(), String> {
    for item in more {
        let id = id(&item.object);
        if items.iter().any(|have| self::id(&have.object) == id) {
            return Err(format!(
                "may not add resource with an already registered id: {id}"
            ));
        }
        items.push(item);
    }
    Ok(())
}

/// The objects of a file or of another folder.
fn accumulate(
    process: &Process,
    folder: &str,
    one: &str,
    depth: usize,
    warnings: &mut String,
) -> Result<Vec<Item>, String> {
    let path = path::absolute(folder, one);
    if process.files().is_directory(&path) {
        return target(process, &path, depth + 1, warnings).map_err(|why| {
            format!("accumulation err='accumulating resources from '{one}': '{path}' must resolve to a file': couldn't make target for path '{path}': {why}")
        });
    }
    let outer = if process.files().exists(&path) {
        format!("must build at directory: '{path}': file is not directory")
    } else {
        format!(
            "must build at directory: not a valid directory: evalsymlink failure on '{path}' : lstat {path}: no such file or directory"
        )
    };
    let failed = |why: String| {
        format!("accumulation err='accumulating resources from '{one}': {why}': {outer}")
    };
    let text = read(process, folder, &path).map_err(failed)?;
    let objects = objects(&text).map_err(failed)?;
    Ok(objects.into_iter().map(Item::new).collect())
}

/// The objects of a text; those of lists one by one.
fn objects(text: &str) -> Result<Vec<Value>, String> {
    let mut all = Vec::new();
    for document in kubernetes_api::yaml::documents(text) {
        let value = match document {
            Ok(document) => document.value,
            Err(error) => return Err(format!("MalformedYAMLError: {error} in File: resource")),
        };
        if value.is_null() {
            continue;
        }
        if kind(&value).ends_with("List") && get(&value, &["items"]).is_some() {
            all.extend(get_list(&value, &["items"]).iter().cloned());
            continue;
        }
        if kind(&value).is_empty() {
            return Err("missing Resource metadata".to_owned());
        }
        if name(&value).is_empty() {
            return Err(format!(
                "missing metadata.name in object {}",
                kubernetes_api::json::compact(&value)
            ));
        }
        all.push(value);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use crate::testing::Cluster;
    use expect_test::expect;

    const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: hello\nspec:\n  containers:\n  - name: hello\n    image: hello:latest\n    envFrom:\n    - configMapRef:\n        name: conf\n";
    const SERVICE: &str =
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: hello\nspec:\n  ports:\n  - port: 80\n";

    fn cluster() -> Cluster {
        Cluster::new()
            .file("base/kustomization.yaml", "resources:\n- pod.yaml\n- service.yaml\nconfigMapGenerator:\n- name: conf\n  literals:\n  - a=b\n")
            .file("base/pod.yaml", POD)
            .file("base/service.yaml", SERVICE)
    }

    #[test]
    fn an_overlay_changes_its_base() {
        let overlay = "namePrefix: dev-\nnamespace: demo\nlabels:\n- pairs: {team: a}\n  includeSelectors: true\nresources:\n- ../base\nimages:\n- name: hello\n  newTag: v2\npatches:\n- patch: |-\n    apiVersion: v1\n    kind: Pod\n    metadata:\n      name: hello\n    spec:\n      hostname: h\n- target: {kind: Service}\n  patch: |-\n    - op: replace\n      path: /spec/ports/0/port\n      value: 81\n";
        let cluster = cluster().file("dev/kustomization.yaml", overlay);
        expect![[r#"
            apiVersion: v1
            data:
              a: b
            kind: ConfigMap
            metadata:
              labels:
                team: a
              name: dev-conf-bhkd54cmd6
              namespace: demo
            ---
            apiVersion: v1
            kind: Service
            metadata:
              labels:
                team: a
              name: dev-hello
              namespace: demo
            spec:
              ports:
              - port: 81
              selector:
                team: a
            ---
            apiVersion: v1
            kind: Pod
            metadata:
              labels:
                team: a
              name: dev-hello
              namespace: demo
            spec:
              containers:
              - envFrom:
                - configMapRef:
                    name: dev-conf-bhkd54cmd6
                image: hello:v2
                name: hello
              hostname: h
        "#]]
        .assert_eq(&cluster.run("kubectl kustomize dev"));
    }

    #[test]
    fn mistakes_have_kustomizes_words() {
        let cluster = cluster()
            .file("a/kustomization.yaml", "resources:\n- nope.yaml\n")
            .file("b/kustomization.yaml", "resource:\n- x\n")
            .file("c/kustomization.yaml", "resources:\n- ../base/pod.yaml\npatches:\n- patch: '{\"apiVersion\": \"apps/v1\", \"kind\": \"Deployment\", \"metadata\": {\"name\": \"x\"}}'\n");
        let lines =
            ["a", "b", "c", "d"].map(|one| cluster.run(&format!("kubectl kustomize {one}")));
        expect![[r#"
            error: accumulating resources: accumulation err='accumulating resources from 'nope.yaml': open DIR/a/nope.yaml: no such file or directory': must build at directory: not a valid directory: evalsymlink failure on 'DIR/a/nope.yaml' : lstat DIR/a/nope.yaml: no such file or directory
            ? 1
            error: invalid Kustomization: json: unknown field "resource"
            ? 1
            error: accumulating resources: accumulation err='accumulating resources from '../base/pod.yaml': security; file 'DIR/base/pod.yaml' is not in or below 'DIR/c'': must build at directory: 'DIR/base/pod.yaml': file is not directory
            ? 1
            error: must build at directory: not a valid directory: evalsymlink failure on 'd' : lstat DIR/d: no such file or directory
            ? 1
        "#]].assert_eq(&lines.concat().replace("/work", "DIR"));
    }
}
