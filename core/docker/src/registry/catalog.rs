//! The catalog of the simulated registry: which repositories there are, with which releases.
//! What is in their images stands in `bases` and `images`.

use super::{bases, images};
use crate::Image;
use crate::command::format::parse_time;
use machine::{Duration, Time};

/// A release a line: repository, version, the day it was made, its size in kB, what it is made from,
/// other tags. The `latest` of a repository is the last.
const RELEASES: &str = "\
alpine 3.10.9 2021-04-14 5580 alpine
alpine 3.16.9 2024-01-27 5540 alpine
alpine 3.17.10 2024-09-06 7070 alpine
alpine 3.18.12 2025-02-14 7360 alpine
alpine 3.19.9 2025-10-08 7400 alpine
alpine 3.20.8 2025-10-08 7800 alpine
alpine 3.21.5 2025-10-08 7830 alpine
alpine 3.22.2 2025-10-08 8320 alpine
busybox 1.28.4 2018-05-22 1150 busybox
busybox 1.35.0 2022-12-29 4860 busybox
busybox 1.36.1 2023-05-18 4260 busybox
busybox 1.37.0 2024-09-26 4280 busybox
debian 11.11 2025-09-29 124000 debian bullseye
debian 12.12 2025-09-29 117000 debian bookworm
debian 13.1 2025-09-29 120000 debian trixie stable
ubuntu 20.04 2025-04-08 72800 debian focal
ubuntu 22.04 2025-10-01 77900 debian jammy
ubuntu 24.04 2025-10-01 78100 debian noble
golang 1.12.17 2020-02-12 346000 3.10.9
golang 1.18.10 2023-02-01 330000 3.17.10
golang 1.19.13 2023-09-06 355000 3.18.12
golang 1.20.14 2024-02-06 256000 3.19.9
golang 1.21.13 2024-08-06 232000 3.20.8
golang 1.22.12 2025-02-04 235000 3.21.5
golang 1.23.12 2025-08-06 247000 3.22.2
golang 1.24.6 2025-08-06 268000 3.22.2
golang 1.25.3 2025-10-13 224000 3.22.2
golang 1.26.6 2026-08-06 226000 3.22.2
golang 1.27.1 2026-09-02 228000 3.22.2
nginx 1.14.2 2019-03-26 109000 debian
nginx 1.16.1 2020-04-23 127000 debian
nginx 1.19.10 2021-05-12 133000 debian
nginx 1.20.2 2022-05-11 142000 debian
nginx 1.21.6 2022-05-11 142000 debian
nginx 1.22.1 2023-04-12 142000 debian
nginx 1.23.4 2023-05-23 142000 debian
nginx 1.24.0 2024-04-10 142000 debian
nginx 1.25.5 2024-05-03 188000 debian
nginx 1.26.3 2025-04-16 192000 debian
nginx 1.27.5 2025-04-16 192000 debian
nginx 1.28.0 2025-04-23 192000 debian stable
nginx 1.29.2 2025-10-07 152000 debian mainline
hello-world latest 2025-08-08 10 scratch linux
gcr.io/distroless/static latest 1970-01-01 2450 distroless nonroot
gcr.io/distroless/static-debian12 latest 1970-01-01 2450 distroless nonroot
gcr.io/distroless/base-debian12 latest 1970-01-01 20700 distroless nonroot
gcr.io/google-samples/hello-app 1.0 2021-07-22 11500 scratch
gcr.io/google-samples/hello-app 2.0 2021-07-22 11500 scratch
gcr.io/google-samples/kubernetes-bootcamp v1 2018-03-13 211000 scratch
gcr.io/google-samples/kubernetes-bootcamp v2 2018-03-13 211000 scratch
jocatalin/kubernetes-bootcamp v1 2016-08-04 211000 scratch
jocatalin/kubernetes-bootcamp v2 2016-08-04 211000 scratch
registry.k8s.io/pause 3.9 2022-10-10 744 scratch
registry.k8s.io/pause 3.10 2024-05-28 736 scratch";

/// What the machine of the recordings had instead: made half an hour before, of one userland.
const STAND_INS: &str = "\
alpine 3.10.9 - 1980 alpine
busybox 1.36.1 - 1980 busybox
golang 1.12.17 - 446000 3.10.9
golang 1.26.6 - 446000 3.10.9
golang 1.27.1 - 446000 3.10.9
nginx 1.27.5 - 1980 busybox
registry.k8s.io/pause 3.10 - 736 scratch";

/// One line of the table.
#[derive(Clone, Copy, Default)]
pub(super) struct Release {
    pub(super) repository: &'static str,
    /// In full: `1.27.5`.
    pub(super) version: &'static str,
    day: &'static str,
    /// The size of its files.
    pub(super) bytes: u64,
    /// What it is made from; of `golang` the version of Alpine.
    pub(super) base: &'static str,
    aliases: &'static str,
}

fn releases(with_stand_ins: bool) -> impl DoubleEndedIterator<Item = Release> {
    let table = if with_stand_ins { STAND_INS } else { RELEASES };
    table.lines().map(|line| {
        let mut words = line.splitn(6, ' ');
        let mut word = || words.next().unwrap_or_default();
        Release {
            repository: word(),
            version: word(),
            day: word(),
            bytes: word().parse::<u64>().unwrap_or_default() * 1000,
            base: word(),
            aliases: word(),
        }
    })
}

impl Release {
    /// Whether a tag without its variant means this release: all of its version or a beginning.
    fn is_named(&self, tag: &str) -> bool {
        let rest = self.version.strip_prefix(tag);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            || (!tag.is_empty() && self.aliases.split(' ').any(|alias| alias == tag))
    }

    /// Whether it is one of the stand-ins.
    fn is_young(&self) -> bool {
        self.day == "-"
    }

    /// The variants that a release comes in besides the plain one.
    fn variants(&self) -> Vec<String> {
        match self.repository {
            "golang" => {
                let (alpine, _) = self.base.rsplit_once('.').unwrap_or_default();
                vec![
                    format!("alpine{alpine}"),
                    "alpine".into(),
                    "bookworm".into(),
                ]
            }
            "nginx" => vec!["alpine".into()],
            "debian" => vec!["slim".into()],
            _ => Vec::new(),
        }
    }

    /// The variant that a tag asks this release for; `None` where it doesn't mean it.
    fn variant(&self, tag: &str, is_latest: bool) -> Option<String> {
        let named = |tag: &str| self.is_named(tag) || (is_latest && tag == "latest");
        if named(tag) {
            return Some(String::new());
        }
        self.variants().into_iter().find(|variant| {
            let rest = tag.strip_suffix(variant.as_str());
            rest.is_some_and(|rest| match rest.strip_suffix('-') {
                Some(version) => named(version),
                None => rest.is_empty() && is_latest,
            })
        })
    }
}

/// The repositories of the catalog, each once, in order.
pub(super) fn repositories(with_stand_ins: bool) -> Vec<&'static str> {
    let mut names: Vec<&str> = releases(with_stand_ins)
        .map(|release| release.repository)
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The tags of a repository: one that people use of each release, and `latest`.
pub(super) fn tags(repository: &str, with_stand_ins: bool) -> Vec<String> {
    let of_it = releases(with_stand_ins).filter(|release| release.repository == repository);
    let mut tags: Vec<String> = of_it
        .map(|release| match (repository, release.version) {
            ("golang", "1.12.17") => "1.12-alpine3.10".to_owned(),
            ("golang", version) => format!("{version}-alpine"),
            ("alpine" | "busybox" | "nginx", version) if release.is_young() => {
                let (short, _) = version.rsplit_once('.').unwrap_or_default();
                short.to_owned()
            }
            (_, version) => version.to_owned(),
        })
        .collect();
    if !tags.is_empty() {
        tags.push("latest".into());
    }
    tags
}

/// The image of a familiar name with tag.
pub(super) fn make(name: &str, with_stand_ins: bool, now: Time) -> Option<Image> {
    let (repository, tag) = name.rsplit_once(':')?;
    let all = || releases(with_stand_ins);
    let of_it = || {
        all()
            .filter(|release| release.repository == repository)
            .rev()
    };
    let (release, variant) = of_it()
        .enumerate()
        .find_map(|(at, release)| Some((release, release.variant(tag, at == 0)?)))?;
    let minutes = |count: u64| now - Duration::from_secs(60 * count);
    let created = match parse_time(release.day, now) {
        Some(day) if day < now => day,
        // After the images that they could be made from.
        _ => match repository {
            "nginx" => minutes(34) + Duration::from_secs(1),
            "golang" => minutes(33),
            "registry.k8s.io/pause" => minutes(35),
            _ => minutes(34),
        },
    };
    let alpine = |version: &str| {
        let found = all().find(|one| one.repository == "alpine" && one.version == version);
        bases::alpine(found.unwrap_or_default(), created)
    };
    let debian = |is_slim| {
        let found = all().find(|one| one.is_named("bookworm"));
        bases::debian(found.unwrap_or_default(), is_slim, created)
    };
    let recipe = match repository {
        "alpine" => bases::alpine(release, created),
        "busybox" => bases::busybox(release, created),
        "debian" | "ubuntu" => bases::debian(release, variant == "slim", created),
        "golang" if variant.starts_with("alpine") => images::golang(release, alpine(release.base)),
        "golang" => images::golang(release, debian(false)),
        "nginx" if release.is_young() => images::nginx_stand_in(release, created)?,
        "nginx" if variant == "alpine" => images::nginx(release, alpine("3.22.2"))?,
        "nginx" => images::nginx(release, debian(true))?,
        "hello-world" => images::hello_world(created)?,
        "registry.k8s.io/pause" => images::pause(created),
        _ if release.base == "distroless" => bases::distroless(release, tag == "nonroot", created),
        _ => images::sample(release, created)?,
    };
    Some(recipe.build())
}

#[cfg(test)]
mod tests {
    use super::*;
    use machine::EntryKind;

    /// What a tag stands for: the version of the environment or of the files.
    fn found(name: &str) -> Option<String> {
        let image = make(name, false, Time::from_secs(1_795_291_429))?;
        let of = |name: &str| image.config.variable(name).map(str::to_owned);
        let version = of("GOLANG_VERSION")
            .or(of("NGINX_VERSION"))
            .or(of("APP_VERSION"));
        let text = |path: &str| {
            let mut layers = image.layers.iter().rev();
            let entry = layers.find_map(|layer| layer.layer.entries.get(path))?;
            match &entry.as_ref()?.kind {
                EntryKind::File(content) => Some(content.borrow().text()),
                _ => None,
            }
        };
        let release = text("/etc/os-release").unwrap_or_default();
        let mut lines = release.lines();
        let system = lines.find_map(|line| line.strip_prefix("PRETTY_NAME="));
        Some(format!(
            "{} {}",
            version.unwrap_or_default(),
            system.unwrap_or_default()
        ))
    }

    #[test]
    fn tags_mean_what_people_mean_by_them() {
        for (name, expected) in [
            ("alpine:3.10", " \"Alpine Linux v3.10\""),
            ("alpine:3", " \"Alpine Linux v3.22\""),
            ("alpine:3.20", " \"Alpine Linux v3.20\""),
            (
                "debian:bookworm-slim",
                " \"Debian GNU/Linux 12 (bookworm)\"",
            ),
            ("debian:latest", " \"Debian GNU/Linux 13 (trixie)\""),
            ("ubuntu:jammy", " \"Ubuntu 22.04 LTS\""),
            ("golang:1.12-alpine3.10", "1.12.17 \"Alpine Linux v3.10\""),
            ("golang:1.22-alpine", "1.22.12 \"Alpine Linux v3.21\""),
            ("golang:1.24", "1.24.6 \"Debian GNU/Linux 12 (bookworm)\""),
            ("golang:alpine", "1.27.1 \"Alpine Linux v3.22\""),
            ("nginx:1.14.2", "1.14.2 \"Debian GNU/Linux 12 (bookworm)\""),
            ("nginx:1.25-alpine", "1.25.5 \"Alpine Linux v3.22\""),
            ("nginx:latest", "1.29.2 \"Debian GNU/Linux 12 (bookworm)\""),
            (
                "gcr.io/distroless/static-debian12:nonroot",
                " \"Distroless\"",
            ),
            ("gcr.io/google-samples/hello-app:2.0", "2.0 "),
            ("hello-world:latest", " "),
        ] {
            assert_eq!(found(name).as_deref(), Some(expected), "{name}");
        }
        for name in [
            "alpine:3.1",
            "alpine:slim",
            "golang:1.99",
            "golang:1.26-alpine3.10",
            "nginx:-alpine",
            "nosuch:latest",
        ] {
            assert_eq!(found(name), None, "{name}");
        }
    }
}
