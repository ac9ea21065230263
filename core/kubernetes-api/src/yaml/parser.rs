//! YAML tokens to a tree of nodes, with the errors of the parser that go-yaml v2 carries.

use std::rc::Rc;

use super::Mark;
use super::scanner::{Problem, Scanner, Token};

/// A value in the text, with its place.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where it begins.
    pub start: Mark,
    /// Where it ends.
    pub end: Mark,
    /// Its explicit tag, resolved; empty for none.
    pub(super) tag: String,
    /// What it is.
    pub content: Content,
}

/// What a node is.
#[derive(Clone, Debug)]
pub enum Content {
    /// Text that is not resolved yet.
    Scalar {
        /// The text.
        text: String,
        /// Whether it may mean a number, a truth or null.
        implicit: bool,
    },
    /// A list.
    Sequence(Vec<Node>),
    /// Keys with their values, in the order of the text, duplicates included.
    Mapping(Vec<(Node, Node)>),
    /// `*name`.
    Alias {
        /// The anchor's name.
        name: String,
        /// The anchored node; `None` inside itself.
        target: Option<Rc<Node>>,
    },
}

/// Parses the first document of the text; `None` when there is none.
pub(super) fn parse(text: &str) -> Result<Option<Node>, Problem> {
    let mut parser = Parser {
        scanner: Scanner::new(text),
        anchors: Vec::new(),
        handles: Vec::new(),
    };
    parser.document()
}

struct Parser {
    scanner: Scanner,
    /// Anchored nodes; `None` while the node is being parsed.
    anchors: Vec<(String, Option<Rc<Node>>)>,
    handles: Vec<(String, String)>,
}

/// In which collection a node stands: what may follow decides whether it is empty.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    BlockMapping,
    BlockSequence,
    Indentless,
    FlowSequence,
    FlowMapping,
    FlowMappingValue,
}

impl Parser {
    fn peek(&mut self) -> Result<Token, Problem> {
        Ok(self.scanner.peek()?.token.clone())
    }

    fn starts(&mut self) -> Result<Mark, Problem> {
        Ok(self.scanner.peek()?.start)
    }

    fn error(&mut self, context: Mark, text: &str) -> Problem {
        let mark = self.starts().unwrap_or(context);
        Problem {
            text: text.to_owned(),
            mark,
            context,
            scanner: false,
        }
    }

    fn document(&mut self) -> Result<Option<Node>, Problem> {
        if self.peek()? == Token::StreamEnd {
            return Ok(None);
        }
        let mut explicit = false;
        loop {
            match self.peek()? {
                Token::VersionDirective => explicit = true,
                Token::TagDirective { handle, prefix } => {
                    explicit = true;
                    self.handles.push((handle, prefix));
                }
                Token::DocumentStart => {
                    explicit = true;
                    self.scanner.next()?;
                    break;
                }
                _ if explicit => {
                    let mark = self.starts()?;
                    return Err(self.error(mark, "did not find expected <document start>"));
                }
                _ => break,
            }
            self.scanner.next()?;
        }
        let root = match self.peek()? {
            Token::VersionDirective
            | Token::TagDirective { .. }
            | Token::DocumentStart
            | Token::DocumentEnd
            | Token::StreamEnd
                if explicit =>
            {
                self.empty()?
            }
            _ => self.node(true, false)?,
        };
        // The token behind the document is looked at too, so an error there counts.
        self.peek()?;
        Ok(Some(root))
    }

    /// A null that stands at the next token.
    fn empty(&mut self) -> Result<Node, Problem> {
        let mark = self.starts()?;
        Ok(Node {
            start: mark,
            end: mark,
            tag: String::new(),
            content: Content::Scalar {
                text: String::new(),
                implicit: true,
            },
        })
    }

    /// A node, or an empty one where a token follows that ends or continues the collection.
    fn node_or_empty(&mut self, place: Place) -> Result<Node, Problem> {
        let token = self.peek()?;
        let ends = match place {
            Place::BlockMapping => matches!(token, Token::Key | Token::Value | Token::BlockEnd),
            Place::BlockSequence => matches!(token, Token::BlockEntry | Token::BlockEnd),
            Place::Indentless => matches!(
                token,
                Token::BlockEntry | Token::Key | Token::Value | Token::BlockEnd
            ),
            Place::FlowSequence => matches!(token, Token::FlowEntry | Token::FlowSequenceEnd),
            Place::FlowMappingValue => matches!(token, Token::FlowEntry | Token::FlowMappingEnd),
            Place::FlowMapping => matches!(
                token,
                Token::Value | Token::FlowEntry | Token::FlowMappingEnd
            ),
        };
        if ends {
            return self.empty();
        }
        match place {
            Place::BlockMapping => self.node(true, true),
            Place::BlockSequence | Place::Indentless => self.node(true, false),
            Place::FlowSequence | Place::FlowMapping | Place::FlowMappingValue => {
                self.node(false, false)
            }
        }
    }

    fn node(&mut self, block: bool, indentless: bool) -> Result<Node, Problem> {
        let start = self.starts()?;
        if let Token::Alias(name) = self.peek()? {
            let end = self.scanner.next()?.end;
            let Some((_, target)) = self
                .anchors
                .iter()
                .rev()
                .find(|(anchor, _)| *anchor == name)
            else {
                let text = format!("unknown anchor '{name}' referenced");
                return Err(Problem {
                    text,
                    mark: Mark::default(),
                    context: Mark::default(),
                    scanner: false,
                });
            };
            let content = Content::Alias {
                target: target.clone(),
                name,
            };
            return Ok(Node {
                start,
                end,
                tag: String::new(),
                content,
            });
        }
        let (anchor, tag) = self.properties()?;
        if let Some(anchor) = &anchor {
            self.anchors.push((anchor.clone(), None));
        }
        let anchors = self.anchors.len();
        let node = self.content(start, block, indentless, anchor.is_some(), tag)?;
        if anchor.is_some()
            && let Some((_, target)) = self.anchors.get_mut(anchors - 1)
        {
            *target = Some(Rc::new(node.clone()));
        }
        Ok(node)
    }

    /// Anchor and resolved tag before a node, in any order.
    fn properties(&mut self) -> Result<(Option<String>, Option<String>), Problem> {
        let start = self.starts()?;
        let (mut anchor, mut tag) = (None, None);
        loop {
            match self.peek()? {
                Token::Anchor(name) if anchor.is_none() => anchor = Some(name),
                Token::Tag { handle, suffix } if tag.is_none() => {
                    let mark = self.starts()?;
                    let custom = self
                        .handles
                        .iter()
                        .find(|(have, _)| *have == handle)
                        .map(|(_, prefix)| prefix.as_str());
                    let prefix = match (custom, handle.as_str()) {
                        (Some(prefix), _) => prefix,
                        (None, "") => "",
                        (None, "!") => "!",
                        (None, "!!") => "tag:yaml.org,2002:",
                        (None, _) => {
                            return Err(Problem {
                                text: "found undefined tag handle".to_owned(),
                                mark,
                                context: start,
                                scanner: false,
                            });
                        }
                    };
                    tag = Some(format!("{prefix}{suffix}"));
                }
                _ => return Ok((anchor, tag)),
            }
            self.scanner.next()?;
        }
    }

    fn content(
        &mut self,
        start: Mark,
        block: bool,
        indentless: bool,
        anchored: bool,
        tag: Option<String>,
    ) -> Result<Node, Problem> {
        let token = self.peek()?;
        let finish = |content, end, tag: Option<String>| {
            Ok(Node {
                start,
                end,
                tag: tag.unwrap_or_default(),
                content,
            })
        };
        match token {
            Token::BlockEntry if indentless => {
                let (items, end) = self.block_sequence(start, Place::Indentless)?;
                finish(Content::Sequence(items), end, tag)
            }
            Token::Scalar { value, plain } => {
                let end = self.scanner.next()?.end;
                let implicit = plain && tag.is_none() || tag.as_deref() == Some("!");
                finish(
                    Content::Scalar {
                        text: value,
                        implicit,
                    },
                    end,
                    tag,
                )
            }
            Token::FlowSequenceStart => {
                self.scanner.next()?;
                let (items, end) = self.flow_sequence(start)?;
                finish(Content::Sequence(items), end, tag)
            }
            Token::FlowMappingStart => {
                self.scanner.next()?;
                let (entries, end) = self.flow_mapping(start)?;
                finish(Content::Mapping(entries), end, tag)
            }
            Token::BlockSequenceStart if block => {
                self.scanner.next()?;
                let (items, end) = self.block_sequence(start, Place::BlockSequence)?;
                finish(Content::Sequence(items), end, tag)
            }
            Token::BlockMappingStart if block => {
                self.scanner.next()?;
                let (entries, end) = self.block_mapping(start)?;
                finish(Content::Mapping(entries), end, tag)
            }
            _ if anchored || tag.is_some() => finish(
                Content::Scalar {
                    text: String::new(),
                    implicit: tag.is_none(),
                },
                start,
                tag,
            ),
            _ => Err(self.error(start, "did not find expected node content")),
        }
    }

    fn block_sequence(&mut self, start: Mark, place: Place) -> Result<(Vec<Node>, Mark), Problem> {
        let mut items: Vec<Node> = Vec::new();
        while self.peek()? == Token::BlockEntry {
            self.scanner.next()?;
            items.push(self.node_or_empty(place)?);
        }
        let end = items.last().map_or(start, |item| item.end);
        if place == Place::BlockSequence {
            if self.peek()? != Token::BlockEnd {
                return Err(self.error(start, "did not find expected '-' indicator"));
            }
            self.scanner.next()?;
        }
        Ok((items, end))
    }

    fn block_mapping(&mut self, start: Mark) -> Result<(Vec<(Node, Node)>, Mark), Problem> {
        let mut entries: Vec<(Node, Node)> = Vec::new();
        loop {
            let key = match self.peek()? {
                Token::Key => {
                    self.scanner.next()?;
                    self.node_or_empty(Place::BlockMapping)?
                }
                Token::BlockEnd => {
                    self.scanner.next()?;
                    let end = entries.last().map_or(start, |(_, value)| value.end);
                    return Ok((entries, end));
                }
                _ => return Err(self.error(start, "did not find expected key")),
            };
            let value = if self.peek()? == Token::Value {
                self.scanner.next()?;
                self.node_or_empty(Place::BlockMapping)?
            } else {
                self.empty()?
            };
            entries.push((key, value));
        }
    }

    /// Whether another item follows in a flow collection; takes commas and the end.
    fn flow_continues(
        &mut self,
        first: bool,
        end: &Token,
        start: Mark,
        problem: &str,
    ) -> Result<bool, Problem> {
        if self.peek()? != *end && !first {
            if self.peek()? != Token::FlowEntry {
                return Err(self.error(start, problem));
            }
            self.scanner.next()?;
        }
        Ok(self.peek()? != *end)
    }

    fn flow_sequence(&mut self, start: Mark) -> Result<(Vec<Node>, Mark), Problem> {
        let mut items: Vec<Node> = Vec::new();
        while self.flow_continues(
            items.is_empty(),
            &Token::FlowSequenceEnd,
            start,
            "did not find expected ',' or ']'",
        )? {
            if self.peek()? == Token::Key {
                let pair_start = self.scanner.next()?.start;
                let missing = matches!(
                    self.peek()?,
                    Token::Value | Token::FlowEntry | Token::FlowSequenceEnd
                );
                let key = if missing {
                    // Upstream swallows the token behind a missing key.
                    let key = self.empty()?;
                    self.scanner.next()?;
                    key
                } else {
                    self.node(false, false)?
                };
                let value = self.flow_value(Place::FlowSequence)?;
                let end = value.end;
                items.push(Node {
                    start: pair_start,
                    end,
                    tag: String::new(),
                    content: Content::Mapping(vec![(key, value)]),
                });
            } else {
                items.push(self.node(false, false)?);
            }
        }
        Ok((items, self.scanner.next()?.end))
    }

    fn flow_mapping(&mut self, start: Mark) -> Result<(Vec<(Node, Node)>, Mark), Problem> {
        let mut entries: Vec<(Node, Node)> = Vec::new();
        while self.flow_continues(
            entries.is_empty(),
            &Token::FlowMappingEnd,
            start,
            "did not find expected ',' or '}'",
        )? {
            let entry = if self.peek()? == Token::Key {
                self.scanner.next()?;
                let key = self.node_or_empty(Place::FlowMapping)?;
                (key, self.flow_value(Place::FlowMappingValue)?)
            } else {
                (self.node(false, false)?, self.empty()?)
            };
            entries.push(entry);
        }
        Ok((entries, self.scanner.next()?.end))
    }

    fn flow_value(&mut self, place: Place) -> Result<Node, Problem> {
        if self.peek()? != Token::Value {
            return self.empty();
        }
        self.scanner.next()?;
        self.node_or_empty(place)
    }
}
