//! `gofmt`: a source in its canonical layout. Models `go/printer` with gofmt's settings, `go/parser`
//! for what is wrong with a source, and `cmd/gofmt`'s simplifications.
//!
//! Reading order: `tree` (tokens, comments, nodes), `parse…` (the tree of a file),
//! `imports` and `simplify` (what is changed in it), `print` (tokens, white space, comments),
//! `expressions`, `fields` and `statements` (the layout), `align` (columns).

mod align;
mod constraint;
mod doc;
mod expressions;
mod fields;
mod head;
mod imports;
mod parse;
mod parse_expressions;
mod parse_statements;
mod parse_types;
mod print;
mod simplify;
mod statements;
mod tree;

pub use head::{Head, head};

/// Why a source cannot be formatted: where, and what go/parser says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Mistake {
    /// Line from 1.
    pub line: usize,
    /// Column in bytes from 1.
    pub column: usize,
    /// In go/parser's words.
    pub message: String,
    /// What else is wrong.
    pub more: Vec<Mistake>,
}

/// Where mistakes at offsets are.
fn mistakes(cut: &tree::Cut<'_>, text: &str, found: Vec<(usize, String)>) -> Mistake {
    let mut all = found.into_iter().map(|(at, message)| {
        // The end of the file belongs to its last line.
        let is_end = at == text.len() && text.ends_with('\n');
        let (line, column) = cut.place(at - usize::from(is_end));
        Mistake {
            line,
            column: column + usize::from(is_end),
            message,
            more: Vec::new(),
        }
    });
    let mut first = all.next().unwrap_or_default();
    first.more = all.collect();
    first
}

/// The canonical layout of a source file; with `simplify` also gofmt's `-s`.
pub fn source(text: &str, simplify: bool) -> Result<String, Mistake> {
    let text = text.replace('\r', "");
    let mut cut = tree::cut(&text);
    let mut file = parse::parse(&cut, false).map_err(|found| mistakes(&cut, &text, found))?;
    imports::sort(&mut file, &mut cut.comments, &mut cut.lines);
    if simplify {
        simplify::simplify(&mut file);
    }
    let mut printer = print::Printer::new(&cut.lines, &cut.comments);
    printer.file(&file);
    let out = align::trim(&align::align(&printer.out));
    Ok(constraint::fix(String::from_utf8_lossy(&out).into_owned()))
}

/// Like [`source`], for a text that need not be a whole file: declarations or statements alone keep
/// the blank lines around them. Models `go/format`'s reading of partial sources.
pub fn fragment(text: &str, simplify: bool) -> Result<String, Mistake> {
    let mistake = match source(text, simplify) {
        Err(mistake) if mistake.message.contains("expected 'package'") => mistake,
        result => return result,
    };
    let first = |body: &str| body.len() - body.trim_start().len();
    let lead = text.get(..first(text)).unwrap_or("");
    let lead = lead
        .get(..lead.rfind('\n').map_or(0, |at| at + 1))
        .unwrap_or("");
    let tail = text.get(text.trim_end().len()..).unwrap_or("");
    let as_file = source(&format!("package p;{text}"), simplify);
    let body = match as_file {
        Ok(out) => out.strip_prefix("package p\n").unwrap_or("").to_string(),
        Err(other) if other.message.contains("expected declaration") => {
            let whole = format!("package p; func _() {{{text}\n\n}}");
            let out = source(&whole, simplify).map_err(|_| mistake)?;
            let inner = out.split_once("{\n").map_or("", |(_, inner)| inner);
            let inner = inner.trim_end().strip_suffix('}').unwrap_or(inner);
            inner
                .replace("\n\t", "\n")
                .trim_start_matches('\t')
                .to_string()
        }
        Err(other) => {
            let shift = if other.line == 1 {
                "package p;".len()
            } else {
                0
            };
            return Err(Mistake {
                column: other.column.saturating_sub(shift),
                ..other
            });
        }
    };
    Ok(format!("{lead}{}{tail}", body.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn layout_comments_and_columns() {
        let text = "package   main\nimport (\n\"os\"\n\"fmt\" // prints\n)\n// T is one.\ntype T struct{a int // first\nlonger   string `json:\"x\"`\nc,d []byte}\nfunc f(a,b int,c ...string)(int,error){return a*b+c[1:len(c)-1], nil}\nfunc main(){\nx:=map[string]int{\n\"a\":1,\n\"long key\":2, // two\n}\nfor i:=0;i<10;i++{if x[\"a\"]==i{continue};fmt.Println(i,-i, a<<2+1)}\nL: for {select{case v:=<-c: _=v\ndefault:}\nbreak L}\nswitch y:=x.(type){case int,string:\ng(func(){},1,\n2)}\n}\n";
        expect![[r#"
            package main

            import (
            	"fmt" // prints
            	"os"
            )

            // T is one.
            type T struct {
            	a      int    // first
            	longer string `json:"x"`
            	c, d   []byte
            }

            func f(a, b int, c ...string) (int, error) { return a*b + c[1:len(c)-1], nil }
            func main() {
            	x := map[string]int{
            		"a":        1,
            		"long key": 2, // two
            	}
            	for i := 0; i < 10; i++ {
            		if x["a"] == i {
            			continue
            		}
            		fmt.Println(i, -i, a<<2+1)
            	}
            L:
            	for {
            		select {
            		case v := <-c:
            			_ = v
            		default:
            		}
            		break L
            	}
            	switch y := x.(type) {
            	case int, string:
            		g(func() {}, 1,
            			2)
            	}
            }
        "#]]
        .assert_eq(&source(text, false).unwrap());
    }

    #[test]
    fn mistakes_are_told_in_the_parsers_words() {
        let says = |text: &str| {
            let mistake = source(text, false).unwrap_err();
            format!("{}:{}: {}", mistake.line, mistake.column, mistake.message)
        };
        assert_eq!(
            says("package p\nfunc f() {\n\tx :=\n}\n"),
            "4:1: expected operand, found '}'"
        );
        assert_eq!(
            says("package p\nvar x = f(1\n)\n"),
            "2:12: missing ',' before newline in argument list"
        );
        assert_eq!(says("x := 1\n"), "1:1: expected 'package', found x");
    }

    #[test]
    fn reading_goes_on_after_mistakes() {
        let says = |text: &str| {
            let first = source(text, false).unwrap_err();
            let all = std::iter::once(&first).chain(&first.more);
            let lines = all.map(|mistake| {
                let (line, column) = (mistake.line, mistake.column);
                format!("{line}:{column}: {}\n", mistake.message)
            });
            lines.collect::<String>()
        };
        let text = "package p\n\nimport fmt\n\nfunc f(x int {\n\tfor i := 0; i < 3 {\n\t\tg(1 2,\n\t}\n\tif x = 3 {\n\t}\n\tdefer g\n\ty := [3]int{1, 2\n\t}\n}\n\nfunc (t T) m() {\n\tt.\n\treturn t\n}\ntype S struct {\n\t(E)\n\ta int,\n}\n";
        expect![[r#"
            3:11: missing import path
            5:14: missing ',' in parameter list
            6:2: expected ')', found 'for'
            8:2: expected ')', found '}'
            9:2: expected ')', found 'if'
            10:2: missing ',' in parameter list
            11:2: expected ')', found 'defer'
            12:4: missing ',' in parameter list
            13:2: expected ')', found '}'
            14:1: expected ')', found '}'
            16:13: missing ',' in parameter list
        "#]]
        .assert_eq(&says(text));
        let text = "package p\n\nvar s = \"abc\nvar c = 'ab'\nvar n = 1__0\nfunc f() {\n\tx := a[1:2:]\n\tgo func() {}\n";
        expect![[r#"
            3:9: string literal not terminated
            4:9: illegal rune literal
            5:11: '_' must separate successive digits
            7:12: final index required in 3-index slice
            8:14: expression in go must be function call
        "#]]
        .assert_eq(&says(text));
    }

    #[test]
    fn parts_of_a_file_are_formatted_alone() {
        assert_eq!(fragment("x:=1\n", false).unwrap(), "x := 1\n");
        assert_eq!(fragment("\n\nvar x=1", false).unwrap(), "\n\nvar x = 1");
        let dots = "x := f(3,42 ...)+42 .x+4.2.x";
        assert_eq!(
            fragment(dots, false).unwrap(),
            "x := f(3, 42 ...) + 42 .x + 4.2.x"
        );
        let text = "if a{\nb()}\n";
        assert_eq!(fragment(text, false).unwrap(), "if a {\n\tb()\n}\n");
    }

    #[test]
    fn simplifications() {
        let text = "package p\n\nvar x = []T{T{1}, T{2}}\nvar y = map[string]*T{\"a\": &T{1}}\n\nfunc f() {\n\tfor i, _ := range x[1:len(x)] {\n\t}\n\tfor _ = range x[1:len(y)] {\n\t}\n}\n";
        let simple = "package p\n\nvar x = []T{{1}, {2}}\nvar y = map[string]*T{\"a\": {1}}\n\nfunc f() {\n\tfor i := range x[1:] {\n\t}\n\tfor range x[1:len(y)] {\n\t}\n}\n";
        assert_eq!(source(text, true).unwrap(), simple);
        assert_eq!(source(text, false).unwrap(), text);
    }
}
