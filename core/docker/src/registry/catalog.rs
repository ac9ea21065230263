//! The catalog of base images: their files, configuration and history, with plausible sizes.

use super::userland;
use crate::{HistoryEntry, Image, ImageConfig, ImageLayer};
use machine::{Content, Duration, Entry, Layer, Programs, Time};

/// What the simulated registry has besides what learners build.
pub const CATALOG: &[&str] = &[
    "alpine:3.10",
    "alpine:latest",
    "busybox:1.36",
    "busybox:latest",
    "golang:1.12-alpine3.10",
    "golang:1.26-alpine",
    "golang:1.27-alpine",
    "golang:alpine",
    "nginx:1.27",
    "nginx:latest",
    "registry.k8s.io/pause:3.10",
];

const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const ALPINE_BYTES: u64 = 1_980_000;

/// The image of a familiar name with tag.
pub(super) fn make(name: &str, now: Time) -> Option<Image> {
    let minutes = |count: u64| now - Duration::from_secs(60 * count);
    // After the images that it could be made from.
    let server = minutes(34) + Duration::from_secs(1);
    let image = match name {
        "alpine:3.10" | "alpine:latest" => alpine(minutes(34)).build(),
        "busybox:1.36" | "busybox:latest" => busybox(minutes(34)).build(),
        "nginx:1.27" | "nginx:latest" => nginx(server).build(),
        "golang:1.12-alpine3.10" => golang(minutes(33), "1.12.17").build(),
        "golang:1.26-alpine" | "golang:alpine" => golang(minutes(33), "1.26.6").build(),
        "golang:1.27-alpine" => golang(minutes(33), "1.27.1").build(),
        "registry.k8s.io/pause:3.10" => pause(minutes(35)).build(),
        _ => return None,
    };
    Some(image)
}

struct Recipe {
    created: Time,
    config: ImageConfig,
    layers: Vec<ImageLayer>,
    history: Vec<HistoryEntry>,
}

impl Recipe {
    fn new(created: Time) -> Recipe {
        let mut config = ImageConfig::default();
        config.set_variable("PATH", PATH);
        Recipe {
            created,
            config,
            layers: Vec::new(),
            history: Vec::new(),
        }
    }

    fn layer(mut self, created_by: &str, layer: Layer) -> Recipe {
        let layer = ImageLayer::new(layer);
        self.history.push(self.entry(created_by, Some(layer.size)));
        self.layers.push(layer);
        self
    }

    fn empty(mut self, created_by: &str) -> Recipe {
        self.history.push(self.entry(created_by, None));
        self
    }

    fn entry(&self, created_by: &str, size: Option<u64>) -> HistoryEntry {
        HistoryEntry {
            created: self.created,
            created_by: created_by.into(),
            size,
            comment: String::new(),
        }
    }

    fn env(mut self, name: &str, value: &str) -> Recipe {
        self.config.set_variable(name, value);
        let text = format!("/bin/sh -c #(nop)  ENV {name}={value}");
        self.empty(&text)
    }

    fn command(mut self, words: &[&str]) -> Recipe {
        self.config.command = Some(words.iter().map(|word| word.to_string()).collect());
        let text = format!("/bin/sh -c #(nop)  CMD {words:?}");
        self.empty(&text)
    }

    fn build(self) -> Image {
        Image::new(self.config, self.layers, self.history, self.created)
    }
}

fn file(layer: &mut Layer, path: &str, content: Content, mode: u32, time: Time) {
    layer.add(path, Entry::file(content, mode, time));
}

fn alpine(created: Time) -> Recipe {
    let mut base = userland::layer(created, ALPINE_BYTES);
    let release = "NAME=\"Alpine Linux\"\nID=alpine\nVERSION_ID=3.10.9\nPRETTY_NAME=\"Alpine Linux v3.10\"\nHOME_URL=\"https://alpinelinux.org/\"\nBUG_REPORT_URL=\"https://bugs.alpinelinux.org/\"\n";
    file(
        &mut base,
        "/etc/os-release",
        Content::new(release),
        0o644,
        created,
    );
    file(
        &mut base,
        "/etc/alpine-release",
        Content::new("3.10.9\n"),
        0o644,
        created,
    );
    Recipe::new(created)
        .layer(
            "/bin/sh -c #(nop) ADD file:7a15614f04533e136a6d2a1e47c1b2a17ac9e9c3a55bf5e2ad1a6b2d7e5bb3a1 in / ",
            base,
        )
        .command(&["/bin/sh"])
}

fn busybox(created: Time) -> Recipe {
    let base = userland::layer(created, ALPINE_BYTES);
    Recipe::new(created)
        .layer(
            "/bin/sh -c #(nop) ADD file:5d68d27cc15a80653c93d3a0b262a28112d47a46326ff5fc2dfbf7fa3b9a0ce8 in / ",
            base,
        )
        .command(&["sh"])
}

fn golang(created: Time, version: &str) -> Recipe {
    let mut recipe = alpine(created);
    let mut certificates = Layer::default();
    file(
        &mut certificates,
        "/etc/ssl/certs/ca-certificates.crt",
        Content::sparse("", 220_000),
        0o644,
        created,
    );
    file(
        &mut certificates,
        "/usr/share/ca-certificates/list",
        Content::sparse("", 2_000_000),
        0o644,
        created,
    );
    recipe = recipe.layer(
        "/bin/sh -c #(nop) COPY dir:cba0e17f94afa37f3c3dd56f2e2e9a6a9fe4a2a7ea5ca1bd5bc8f7f1c39ff0a6 in / ",
        certificates,
    );
    let mut names = Layer::default();
    file(
        &mut names,
        "/etc/nsswitch.conf",
        Content::new("hosts: files dns\n"),
        0o644,
        created,
    );
    recipe = recipe
        .layer(
            "/bin/sh -c [ ! -e /etc/nsswitch.conf ] && echo 'hosts: files dns' > /etc/nsswitch.conf",
            names,
        )
        .env("GOLANG_VERSION", version);
    let mut workspace = Layer::default();
    for directory in ["/go/src", "/go/bin"] {
        let mut entry = Entry::directory(created);
        entry.metadata.mode = 0o777;
        workspace.add(directory, entry);
    }
    let mut named = Layer::default();
    file(
        &mut named,
        "/usr/local/go/VERSION",
        Content::new(format!("go{version}\n")),
        0o644,
        created,
    );
    let path = format!("/go/bin:/usr/local/go/bin:{PATH}");
    recipe = recipe
        .layer(
            "/bin/sh -c #(nop) COPY dir:dc9517d3ce3c2c13a4aa2dd1eb4f93b13b8e84c8ba72bd1b3b40cd0a49c1bfc4 in /usr/local/go ",
            toolchain(created),
        )
        .layer(
            "/bin/sh -c #(nop) COPY file:810065b2bee78865c7c1d1b5a7d2c1f5f4c6ad1e7b4f1a3c70e6f8a9d2b1c3e4 in /usr/local/go/VERSION ",
            named,
        )
        .env("GOPATH", "/go")
        .env("PATH", &path)
        .layer(
            "/bin/sh -c mkdir -p \"$GOPATH/src\" \"$GOPATH/bin\" && chmod -R 777 \"$GOPATH\"",
            workspace,
        );
    recipe.config.working_dir = "/go".into();
    recipe.empty("/bin/sh -c #(nop) WORKDIR /go")
}

/// What `/usr/local/go` holds: the command, and large files that stand for the rest.
fn toolchain(created: Time) -> Layer {
    let mut go = Layer::default();
    for (name, bytes) in [("go", 15_000_000), ("gofmt", 3_500_000)] {
        let content = Content::sparse(Programs::executable(name), bytes);
        file(
            &mut go,
            &format!("/usr/local/go/bin/{name}"),
            content,
            0o755,
            created,
        );
    }
    for (path, bytes) in [
        ("/usr/local/go/pkg/linux_amd64/std.a", 330_000_000),
        ("/usr/local/go/pkg/tool/linux_amd64/compile", 22_500_000),
        ("/usr/local/go/pkg/tool/linux_amd64/link", 5_500_000),
        ("/usr/local/go/src/std.tar", 64_900_000),
    ] {
        file(&mut go, path, Content::sparse("", bytes), 0o644, created);
    }
    go
}

const WELCOME: &str = "<!DOCTYPE html>\n<html>\n<head>\n<title>Welcome to nginx!</title>\n</head>\n<body>\n<h1>Welcome to nginx!</h1>\n</body>\n</html>\n";

fn nginx(created: Time) -> Recipe {
    let base = userland::layer(created, ALPINE_BYTES);
    let mut server = Layer::default();
    let program = Content::new(Programs::executable("nginx"));
    file(&mut server, "/usr/sbin/nginx", program, 0o755, created);
    let mut pages = Layer::default();
    file(
        &mut pages,
        "/usr/share/nginx/html/index.html",
        Content::new(WELCOME),
        0o644,
        created,
    );
    let mut entrypoint = Layer::default();
    let script = Content::new("#!/bin/sh\nset -e\nexec \"$@\"\n");
    file(
        &mut entrypoint,
        "/docker-entrypoint.sh",
        script,
        0o755,
        created,
    );
    let mut recipe = Recipe::new(created)
        .layer(
            "/bin/sh -c #(nop) ADD file:7a15614f04533e136a6d2a1e47c1b2a17ac9e9c3a55bf5e2ad1a6b2d7e5bb3a1 in / ",
            base,
        )
        .env("NGINX_VERSION", "1.27.5")
        .layer("/bin/sh -c #(nop) COPY dir:f0a2d44aa5d01bcf3eb5ab7fa5a7b0f9d8b3a1c1b6b45b0e2cf28d2b6c7e4a11 in / ", server)
        .layer("/bin/sh -c #(nop) COPY dir:6d5ba1d0c1f3a6c1e8e9c5d1a6e2b8e7a3ab90b0b2d5c1ce8e0b6d2c1a7f9e42 in /usr/share/nginx/html ", pages)
        .layer("/bin/sh -c #(nop) COPY file:01e75c6dd0ce317d516928a17584d111cd082840c01e58be0afc851b33adb916 in / ", entrypoint);
    let entrypoint = "/docker-entrypoint.sh";
    recipe.config.entrypoint = Some(vec![entrypoint.into()]);
    recipe.config.exposed_ports.insert("80/tcp".into());
    recipe.config.stop_signal = "SIGQUIT".into();
    recipe
        .empty("/bin/sh -c #(nop)  ENTRYPOINT [\"/docker-entrypoint.sh\"]")
        .empty("/bin/sh -c #(nop)  EXPOSE 80")
        .empty("/bin/sh -c #(nop)  STOPSIGNAL SIGQUIT")
        .command(&["nginx", "-g", "daemon off;"])
}

fn pause(created: Time) -> Recipe {
    let mut base = Layer::default();
    let program = Content::sparse(Programs::executable("pause"), 736_000);
    file(&mut base, "/pause", program, 0o755, created);
    let mut recipe =
        Recipe::new(created).layer("ADD bin/pause-linux-amd64 /pause # buildkit", base);
    recipe.config.user = "65535:65535".into();
    recipe.config.entrypoint = Some(vec!["/pause".into()]);
    recipe
        .empty("USER 65535:65535")
        .empty("ENTRYPOINT [\"/pause\"]")
}
