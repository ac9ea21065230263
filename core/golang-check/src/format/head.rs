//! The head of a file, its package clause and imports, as the `go` command reads it before it
//! compiles. Models `go/build`'s `readGoInfo`.

use super::tree::K;
use super::{Mistake, mistakes, parse, tree};

/// What a file says of itself before its declarations.
#[derive(Debug, PartialEq, Eq)]
pub struct Head {
    /// The package's name.
    pub package: String,
    /// Paths of its imports, with line and column of each import.
    pub imports: Vec<(String, usize, usize)>,
}

/// The head of a file, or the first mistake in it.
pub fn head(text: &str) -> Result<Head, Mistake> {
    let cut = tree::cut(text);
    let file = parse::parse(&cut, true).map_err(|found| mistakes(&cut, text, found))?;
    let mut imports = Vec::new();
    let groups = file.kids.iter().filter(|kid| kid.k == K::Group);
    for spec in groups.flat_map(|group| &group.kids) {
        let path = crate::constant::unquote(spec.kid(1).text).unwrap_or_default();
        let (line, column) = cut.place(spec.at);
        imports.push((String::from_utf8_lossy(&path).into_owned(), line, column));
    }
    Ok(Head {
        package: file.kid(0).text.to_string(),
        imports,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_of_all_forms_are_found() {
        let text = "// c\npackage main // x\nimport \"fmt\"\nimport (\n\t\"\\x6fs\"\n\tm \"math\"; _ \"net\"\n) x\nfunc f(";
        let found = head(text).unwrap();
        assert_eq!(found.package, "main");
        let imports: Vec<_> = found
            .imports
            .iter()
            .map(|(path, line, column)| format!("{path} {line}:{column}"))
            .collect();
        assert_eq!(imports, ["fmt 3:8", "os 5:2", "math 6:2", "net 6:12"]);
    }

    #[test]
    fn the_first_mistake_is_told() {
        for (text, wanted) in [
            (
                "import \"fmt\"\n",
                "1:1: expected 'package', found 'import'",
            ),
            ("package 9\n", "1:9: expected 'IDENT', found 9"),
            ("package p\nimport fmt\n", "2:11: missing import path"),
            (
                "package p\nimport (\n\t\"a\", \"b\"\n)\n",
                "3:5: expected ';', found ','",
            ),
            (
                "package p\nimport 'a'\n",
                "2:8: import path must be a string",
            ),
            (
                "package p import \"a\"\n",
                "1:11: expected ';', found 'import'",
            ),
            (
                "package p\nimport \"a\n",
                "2:8: string literal not terminated",
            ),
            ("package p\nvar x = \"a\n", ""),
        ] {
            let said = head(text).err().map_or(String::new(), |mistake| {
                format!("{}:{}: {}", mistake.line, mistake.column, mistake.message)
            });
            assert_eq!(said, wanted, "{text}");
        }
    }
}
