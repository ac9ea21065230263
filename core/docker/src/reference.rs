//! Image references: `registry/name:tag@digest`, their normal and their familiar form.
//! Models distribution/reference.

use std::fmt;

/// A parsed and normalised reference.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// The registry's host, `docker.io` when none was given.
    pub domain: String,
    /// The path in it, with `library/` for Docker's own images.
    pub path: String,
    /// The tag, if one was given.
    pub tag: Option<String>,
    /// The digest, if one was given.
    pub digest: Option<String>,
}

impl Reference {
    /// Parses what a user wrote. The error is Docker's text.
    pub fn parse(text: &str) -> Result<Reference, String> {
        let invalid = || "invalid reference format".to_string();
        if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(format!(
                "invalid repository name ({text}), cannot specify 64-byte hexadecimal strings"
            ));
        }
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest.to_string())),
            None => (text, None),
        };
        if digest
            .as_deref()
            .is_some_and(|digest| !valid_digest(digest))
        {
            return Err(invalid());
        }
        let (name, tag) = match rest.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, Some(tag.to_string())),
            _ => (rest, None),
        };
        if tag.as_deref().is_some_and(|tag| !valid_tag(tag)) {
            return Err(invalid());
        }
        let (domain, path) = match name.split_once('/') {
            Some((first, path))
                if first.contains(['.', ':'])
                    || first == "localhost"
                    || first.chars().any(|letter| letter.is_ascii_uppercase()) =>
            {
                (first.to_string(), path.to_string())
            }
            Some(_) => ("docker.io".to_string(), name.to_string()),
            None => ("docker.io".to_string(), format!("library/{name}")),
        };
        let domain = if domain == "index.docker.io" {
            "docker.io".into()
        } else {
            domain
        };
        if path.chars().any(|letter| letter.is_ascii_uppercase())
            && valid_path(&path.to_ascii_lowercase())
        {
            return Err(format!(
                "invalid reference format: repository name ({path}) must be lowercase"
            ));
        }
        if !valid_path(&path) || !valid_domain(&domain) {
            return Err(invalid());
        }
        Ok(Reference {
            domain,
            path,
            tag,
            digest,
        })
    }

    /// The tag, or `latest` when neither tag nor digest was given.
    pub fn tag_or_latest(&self) -> &str {
        self.tag.as_deref().unwrap_or("latest")
    }

    /// The same with `latest` where neither tag nor digest was given.
    #[must_use]
    pub fn with_default_tag(mut self) -> Reference {
        if self.tag.is_none() && self.digest.is_none() {
            self.tag = Some("latest".into());
        }
        self
    }

    /// The image of a digest in the same repository.
    #[must_use]
    pub fn with_digest(&self, digest: &str) -> Reference {
        Reference {
            domain: self.domain.clone(),
            path: self.path.clone(),
            tag: None,
            digest: Some(digest.to_string()),
        }
    }

    /// The name without tag as users write it: `hello`, `team/app`, `registry.k8s.io/pause`.
    pub fn familiar_name(&self) -> String {
        if self.domain != "docker.io" {
            return format!("{}/{}", self.domain, self.path);
        }
        self.path
            .strip_prefix("library/")
            .filter(|rest| !rest.contains('/'))
            .unwrap_or(&self.path)
            .to_string()
    }

    /// The whole as users write it.
    pub fn familiar(&self) -> String {
        self.suffixed(self.familiar_name())
    }

    /// The whole in its normal form: `docker.io/library/hello:latest`.
    pub fn canonical(&self) -> String {
        self.suffixed(format!("{}/{}", self.domain, self.path))
    }

    fn suffixed(&self, mut name: String) -> String {
        if let Some(tag) = &self.tag {
            name = format!("{name}:{tag}");
        }
        if let Some(digest) = &self.digest {
            name = format!("{name}@{digest}");
        }
        name
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.familiar())
    }
}

fn valid_digest(digest: &str) -> bool {
    digest.strip_prefix("sha256:").is_some_and(|hex| {
        hex.len() == 64
            && hex
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

fn valid_tag(tag: &str) -> bool {
    let word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    tag.len() <= 128
        && tag.chars().next().is_some_and(word)
        && tag
            .chars()
            .all(|letter| word(letter) || matches!(letter, '.' | '-'))
}

fn valid_domain(domain: &str) -> bool {
    let (host, port) = domain.split_once(':').unwrap_or((domain, "1"));
    let part = |part: &str| {
        !part.is_empty()
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
    };
    host.split('.').all(part) && !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())
}

fn valid_path(path: &str) -> bool {
    let component = |component: &str| {
        let mut last_separator = true;
        let mut run = String::new();
        for letter in component.chars() {
            if letter.is_ascii_lowercase() || letter.is_ascii_digit() {
                let fine = matches!(run.as_str(), "" | "." | "_" | "__")
                    || run.chars().all(|letter| letter == '-');
                if !fine || (last_separator && !run.is_empty()) {
                    return false;
                }
                last_separator = false;
                run.clear();
            } else if matches!(letter, '.' | '_' | '-') {
                run.push(letter);
            } else {
                return false;
            }
        }
        run.is_empty() && !last_separator
    };
    path.len() <= 255 && path.split('/').all(component)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_normalised_or_refused() {
        let shown = |text: &str| match Reference::parse(text) {
            Ok(reference) => format!("{} {}", reference.familiar(), reference.canonical()),
            Err(error) => error,
        };
        let cases = [
            ("hello", "hello docker.io/library/hello"),
            (
                "golang:1.12-alpine3.10",
                "golang:1.12-alpine3.10 docker.io/library/golang:1.12-alpine3.10",
            ),
            ("team/app:v1", "team/app:v1 docker.io/team/app:v1"),
            ("localhost:5000/x", "localhost:5000/x localhost:5000/x"),
            (
                "registry.k8s.io/pause:3.10",
                "registry.k8s.io/pause:3.10 registry.k8s.io/pause:3.10",
            ),
            ("hello:", "invalid reference format"),
            ("./hello", "invalid reference format"),
            ("golang::1.12", "invalid reference format"),
            (
                "Hello",
                "invalid reference format: repository name (library/Hello) must be lowercase",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text), expected, "{text}");
        }
    }
}
