//! The tree of an awk program.

use super::lex::Token;

/// How deep expressions and statements may nest.
const NESTING: usize = 100;

/// A program: rules in their order.
pub(super) struct Program {
    pub(super) rules: Vec<Rule>,
}

impl Program {
    /// Whether any rule looks at lines.
    pub(super) fn reads_input(&self) -> bool {
        self.rules.iter().any(|rule| rule.pattern != Pattern::Begin)
    }
}

/// When an action runs.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Pattern {
    Begin,
    End,
    Always,
    When(Expression),
    Between(Expression, Expression),
}

/// A pattern with its action; without one the line is printed.
pub(super) struct Rule {
    pub(super) pattern: Pattern,
    pub(super) action: Option<Vec<Statement>>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Statement {
    Expression(Expression),
    Print(Vec<Expression>),
    Printf(Vec<Expression>),
    If(Expression, Vec<Statement>, Vec<Statement>),
    While(Expression, Vec<Statement>),
    DoWhile(Vec<Statement>, Expression),
    For(
        Box<(Statement, Option<Expression>, Statement)>,
        Vec<Statement>,
    ),
    ForIn(String, String, Vec<Statement>),
    Delete(String, Option<Vec<Expression>>),
    Block(Vec<Statement>),
    Break,
    Continue,
    Next,
    Exit(Option<Expression>),
    Nothing,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expression {
    Number(f64),
    Text(String),
    Regex(String),
    Variable(String),
    Field(Box<Expression>),
    Element(String, Vec<Expression>),
    In(Box<Expression>, String),
    Call(String, Vec<Expression>),
    /// An assignment, with the operator before `=`.
    Assign(Box<Expression>, Option<&'static str>, Box<Expression>),
    /// `++` and `--`: the change, and whether the old value counts.
    Step(Box<Expression>, f64, bool),
    Unary(&'static str, Box<Expression>),
    Binary(&'static str, Box<Expression>, Box<Expression>),
    Choose(Box<(Expression, Expression, Expression)>),
}

type Parsed<T> = Result<T, String>;

struct Parser {
    tokens: Vec<Token>,
    position: usize,
    depth: usize,
    /// Inside of `print`, where `>` would be a file.
    no_in: bool,
}

/// Parses a program.
pub(super) fn program(tokens: Vec<Token>) -> Parsed<Program> {
    let mut parser = Parser {
        tokens,
        position: 0,
        depth: 0,
        no_in: false,
    };
    let mut rules = Vec::new();
    parser.skip_ends();
    while parser.peek().is_some() {
        rules.push(parser.rule()?);
        parser.skip_ends();
    }
    Ok(Program { rules })
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.position)
    }

    fn is(&self, symbol: &str) -> bool {
        matches!(self.peek(), Some(Token::Symbol(have)) if *have == symbol)
    }

    fn eat(&mut self, symbol: &str) -> bool {
        let found = self.is(symbol);
        self.position += usize::from(found);
        found
    }

    fn eat_name(&mut self, name: &str) -> bool {
        let found =
            matches!(self.peek(), Some(Token::Name(have) | Token::Call(have)) if have == name);
        self.position += usize::from(found);
        found
    }

    fn want(&mut self, symbol: &str) -> Parsed<()> {
        if self.eat(symbol) {
            Ok(())
        } else {
            Err(self.unexpected())
        }
    }

    fn unexpected(&self) -> String {
        match self.peek() {
            None => "syntax error: unexpected end".into(),
            Some(Token::Newline) => "syntax error: unexpected newline".into(),
            Some(Token::Symbol(symbol)) => format!("syntax error at or near {symbol}"),
            Some(Token::Name(name) | Token::Call(name)) => {
                format!("syntax error at or near {name}")
            }
            Some(_) => "syntax error".into(),
        }
    }

    fn skip_newlines(&mut self) {
        while self.peek() == Some(&Token::Newline) {
            self.position += 1;
        }
    }

    fn skip_ends(&mut self) {
        while self.peek() == Some(&Token::Newline) || self.is(";") {
            self.position += 1;
        }
    }

    fn rule(&mut self) -> Parsed<Rule> {
        let pattern = if self.eat_name("BEGIN") {
            Pattern::Begin
        } else if self.eat_name("END") {
            Pattern::End
        } else if self.is("{") {
            Pattern::Always
        } else {
            let from = self.expression()?;
            if self.eat(",") {
                Pattern::Between(from, self.expression()?)
            } else {
                Pattern::When(from)
            }
        };
        let action = if self.is("{") {
            Some(self.block()?)
        } else {
            None
        };
        Ok(Rule { pattern, action })
    }

    fn block(&mut self) -> Parsed<Vec<Statement>> {
        self.want("{")?;
        let mut statements = Vec::new();
        self.skip_ends();
        while !self.eat("}") {
            statements.push(self.statement()?);
            self.skip_ends();
        }
        Ok(statements)
    }

    /// One statement, or the statements between braces.
    fn body(&mut self) -> Parsed<Vec<Statement>> {
        self.skip_newlines();
        if self.is("{") {
            return self.block();
        }
        if self.eat(";") {
            return Ok(Vec::new());
        }
        Ok(vec![self.statement()?])
    }

    fn statement(&mut self) -> Parsed<Statement> {
        if self.depth >= NESTING {
            return Err("program nests too deep".into());
        }
        self.depth += 1;
        let statement = self.any_statement();
        self.depth -= 1;
        statement
    }

    fn any_statement(&mut self) -> Parsed<Statement> {
        if self.is("{") {
            return Ok(Statement::Block(self.block()?));
        }
        if self.eat_name("if") {
            return self.if_statement();
        }
        if self.eat_name("while") {
            self.want("(")?;
            let condition = self.expression()?;
            self.want(")")?;
            return Ok(Statement::While(condition, self.body()?));
        }
        if self.eat_name("do") {
            let body = self.body()?;
            self.skip_ends();
            if !self.eat_name("while") {
                return Err(self.unexpected());
            }
            self.want("(")?;
            let condition = self.expression()?;
            self.want(")")?;
            return Ok(Statement::DoWhile(body, condition));
        }
        if self.eat_name("for") {
            return self.for_statement();
        }
        self.simple()
    }

    fn if_statement(&mut self) -> Parsed<Statement> {
        self.want("(")?;
        let condition = self.expression()?;
        self.want(")")?;
        let then = self.body()?;
        let before = self.position;
        self.skip_ends();
        if self.eat_name("else") {
            return Ok(Statement::If(condition, then, self.body()?));
        }
        self.position = before;
        Ok(Statement::If(condition, then, Vec::new()))
    }

    fn for_statement(&mut self) -> Parsed<Statement> {
        self.want("(")?;
        if let (Some(Token::Name(key)), Some(Token::Name(word)), Some(Token::Name(array))) = (
            self.tokens.get(self.position).cloned(),
            self.tokens.get(self.position + 1).cloned(),
            self.tokens.get(self.position + 2).cloned(),
        ) && word == "in"
        {
            self.position += 3;
            self.want(")")?;
            return Ok(Statement::ForIn(key, array, self.body()?));
        }
        let first = if self.is(";") {
            Statement::Nothing
        } else {
            self.simple()?
        };
        self.want(";")?;
        let condition = if self.is(";") {
            None
        } else {
            Some(self.expression()?)
        };
        self.want(";")?;
        let step = if self.is(")") {
            Statement::Nothing
        } else {
            self.simple()?
        };
        self.want(")")?;
        let parts = Box::new((first, condition, step));
        Ok(Statement::For(parts, self.body()?))
    }

    fn simple(&mut self) -> Parsed<Statement> {
        if self.eat_name("print") {
            return Ok(Statement::Print(self.printed()?));
        }
        if self.eat_name("printf") {
            return Ok(Statement::Printf(self.printed()?));
        }
        if self.eat_name("delete") {
            let Some(Token::Name(name)) = self.peek().cloned() else {
                return Err(self.unexpected());
            };
            self.position += 1;
            let key = if self.eat("[") {
                let key = self.list("]")?;
                Some(key)
            } else {
                None
            };
            return Ok(Statement::Delete(name, key));
        }
        for (word, statement) in [
            ("next", Statement::Next),
            ("break", Statement::Break),
            ("continue", Statement::Continue),
        ] {
            if self.eat_name(word) {
                return Ok(statement);
            }
        }
        if self.eat_name("exit") {
            let over =
                self.is(";") || self.is("}") || matches!(self.peek(), None | Some(Token::Newline));
            return Ok(Statement::Exit(if over {
                None
            } else {
                Some(self.expression()?)
            }));
        }
        Ok(Statement::Expression(self.expression()?))
    }

    /// What `print` and `printf` print; parentheses around all of it are only grouping.
    fn printed(&mut self) -> Parsed<Vec<Expression>> {
        let over = |parser: &Parser| {
            parser.is(";") || parser.is("}") || matches!(parser.peek(), None | Some(Token::Newline))
        };
        if over(self) {
            return Ok(Vec::new());
        }
        let before = self.position;
        if self.eat("(") {
            let list = self.list(")")?;
            if over(self) {
                return Ok(list);
            }
            self.position = before;
        }
        self.no_in = true;
        let mut list = vec![self.expression()?];
        while self.eat(",") {
            self.skip_newlines();
            list.push(self.expression()?);
        }
        self.no_in = false;
        if over(self) {
            Ok(list)
        } else {
            Err(self.unexpected())
        }
    }

    /// Expressions between commas up to a closing symbol.
    fn list(&mut self, end: &str) -> Parsed<Vec<Expression>> {
        let mut list = Vec::new();
        let outer = std::mem::replace(&mut self.no_in, false);
        while !self.eat(end) {
            list.push(self.expression()?);
            if !self.is(end) {
                self.want(",")?;
                self.skip_newlines();
            }
        }
        self.no_in = outer;
        Ok(list)
    }

    fn expression(&mut self) -> Parsed<Expression> {
        if self.depth >= NESTING {
            return Err("expression nests too deep".into());
        }
        self.depth += 1;
        let expression = self.assignment();
        self.depth -= 1;
        expression
    }

    fn assignment(&mut self) -> Parsed<Expression> {
        let target = self.choice()?;
        let place = matches!(
            target,
            Expression::Variable(_) | Expression::Field(_) | Expression::Element(..)
        );
        let operators = [
            ("=", None),
            ("+=", Some("+")),
            ("-=", Some("-")),
            ("*=", Some("*")),
            ("/=", Some("/")),
            ("%=", Some("%")),
            ("^=", Some("^")),
        ];
        for (symbol, operator) in operators {
            if place && self.eat(symbol) {
                let value = self.expression()?;
                return Ok(Expression::Assign(
                    Box::new(target),
                    operator,
                    Box::new(value),
                ));
            }
        }
        Ok(target)
    }

    fn choice(&mut self) -> Parsed<Expression> {
        let condition = self.level(0)?;
        if !self.eat("?") {
            return Ok(condition);
        }
        let yes = self.expression()?;
        self.want(":")?;
        let no = self.expression()?;
        Ok(Expression::Choose(Box::new((condition, yes, no))))
    }

    /// Binary operators from the loosest on.
    fn level(&mut self, level: usize) -> Parsed<Expression> {
        const LEVELS: [&[&str]; 7] = [
            &["||"],
            &["&&"],
            &["~", "!~"],
            &["<", "<=", "==", "!=", ">", ">="],
            &[],
            &["+", "-"],
            &["*", "/", "%"],
        ];
        let Some(operators) = LEVELS.get(level) else {
            return self.unary();
        };
        let mut left = self.level(level + 1)?;
        loop {
            if level == 2 && !self.no_in && self.eat_name("in") {
                let Some(Token::Name(array)) = self.peek().cloned() else {
                    return Err(self.unexpected());
                };
                self.position += 1;
                left = Expression::In(Box::new(left), array);
                continue;
            }
            if level == 4 {
                if !self.starts_operand() {
                    return Ok(left);
                }
                let right = self.level(level + 1)?;
                left = Expression::Binary(" ", Box::new(left), Box::new(right));
                continue;
            }
            let found = operators
                .iter()
                .find(|operator| self.is(operator) && !(self.no_in && **operator == ">"));
            let Some(operator) = found else {
                return Ok(left);
            };
            self.position += 1;
            self.skip_newlines();
            let right = self.level(level + 1)?;
            left = Expression::Binary(operator, Box::new(left), Box::new(right));
        }
    }

    /// Whether what follows is joined to what stands before it.
    fn starts_operand(&self) -> bool {
        match self.peek() {
            Some(Token::Number(_) | Token::Text(_) | Token::Call(_) | Token::Regex(_)) => true,
            Some(Token::Name(name)) => name != "in",
            Some(Token::Symbol(symbol)) => {
                matches!(*symbol, "$" | "(" | "!" | "-" | "+" | "++" | "--")
                    && !matches!(*symbol, "-" | "+")
            }
            _ => false,
        }
    }

    fn unary(&mut self) -> Parsed<Expression> {
        for symbol in ["!", "-", "+"] {
            if self.eat(symbol) {
                if self.depth >= NESTING {
                    return Err("expression nests too deep".into());
                }
                self.depth += 1;
                let inner = self.unary();
                self.depth -= 1;
                return Ok(Expression::Unary(symbol, Box::new(inner?)));
            }
        }
        let base = self.stepped()?;
        if self.eat("^") {
            let power = self.unary()?;
            return Ok(Expression::Binary("^", Box::new(base), Box::new(power)));
        }
        Ok(base)
    }

    fn stepped(&mut self) -> Parsed<Expression> {
        for (symbol, step) in [("++", 1.0), ("--", -1.0)] {
            if self.eat(symbol) {
                return Ok(Expression::Step(Box::new(self.primary()?), step, false));
            }
        }
        let place = self.primary()?;
        let changeable = matches!(
            place,
            Expression::Variable(_) | Expression::Field(_) | Expression::Element(..)
        );
        for (symbol, step) in [("++", 1.0), ("--", -1.0)] {
            if changeable && self.eat(symbol) {
                return Ok(Expression::Step(Box::new(place), step, true));
            }
        }
        Ok(place)
    }

    fn primary(&mut self) -> Parsed<Expression> {
        let token = self.peek().cloned().ok_or_else(|| self.unexpected())?;
        self.position += 1;
        Ok(match token {
            Token::Number(number) => Expression::Number(number),
            Token::Text(text) => Expression::Text(text),
            Token::Regex(regex) => Expression::Regex(regex),
            Token::Symbol("$") => {
                let inner = if self.is("++") || self.is("--") || self.is("-") {
                    self.unary()?
                } else {
                    self.primary()?
                };
                Expression::Field(Box::new(inner))
            }
            Token::Symbol("(") => {
                let mut list = self.list(")")?;
                if list.len() > 1 && self.eat_name("in") {
                    let Some(Token::Name(array)) = self.peek().cloned() else {
                        return Err(self.unexpected());
                    };
                    self.position += 1;
                    let key = Expression::Call("\u{1c}".into(), list);
                    return Ok(Expression::In(Box::new(key), array));
                }
                match (list.pop(), list.is_empty()) {
                    // A unary plus would make a number of it; the group alone keeps its kind.
                    (Some(only), true) => Expression::Choose(Box::new((
                        Expression::Number(1.0),
                        only,
                        Expression::Number(0.0),
                    ))),
                    _ => return Err(self.unexpected()),
                }
            }
            Token::Call(name) => {
                self.want("(")?;
                Expression::Call(name, self.list(")")?)
            }
            Token::Name(name) if name == "length" => Expression::Call(name, Vec::new()),
            Token::Name(name) if self.eat("[") => Expression::Element(name, self.list("]")?),
            Token::Name(name) => Expression::Variable(name),
            _ => {
                self.position -= 1;
                return Err(self.unexpected());
            }
        })
    }
}
