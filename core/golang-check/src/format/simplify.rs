//! gofmt's `-s`: types of elements that their literal's type says already, `s[a:len(s)]`, blank
//! range variables. Models `cmd/gofmt/simplify.go`.

use super::tree::{K, Node};

/// Simplifies all that is below a node.
pub(super) fn simplify(x: &mut Node) {
    match x.k {
        K::Composite => {
            for element in x.kids.iter_mut().skip(1) {
                simplify(element);
            }
            elements(x);
            return;
        }
        K::Slice if x.n == 2 => {
            let (array, high) = (x.kid(0), x.kid(2));
            let is_length = array.k == K::Name
                && high.k == K::Call
                && high.kids.len() == 2
                && high.n == 0
                && high.kid(0).text == "len"
                && high.kid(1).k == K::Name
                && high.kid(1).text == array.text;
            if is_length && let Some(high) = x.kids.get_mut(2) {
                *high = Node::none();
            }
        }
        K::Range => {
            for index in [1, 0] {
                let is_last = !x.kid(index + 1).is_some() || index == 1;
                if is_last
                    && let Some(variable) = x.kids.get_mut(index)
                    && variable.k == K::Name
                    && variable.text == "_"
                {
                    *variable = Node::none();
                }
            }
        }
        _ => {}
    }
    for kid in &mut x.kids {
        simplify(kid);
    }
}

fn elements(x: &mut Node) {
    let Some((ty, elements)) = x.kids.split_first_mut() else {
        return;
    };
    let (key, element) = match (ty.k, ty.kids.as_slice()) {
        (K::Array, [_, element]) => (None, element),
        (K::Map, [key, element]) => (Some(key), element),
        _ => return,
    };
    for own in elements {
        if own.k != K::KeyValue {
            shorten(own, element);
        } else if let [own_key, value] = own.kids.as_mut_slice() {
            if let Some(key) = key {
                shorten(own_key, key);
            }
            shorten(value, element);
        }
    }
}

/// Leaves a literal's type out if it is the expected one, and `&` with it.
fn shorten(x: &mut Node, ty: &Node) {
    if x.k == K::Composite {
        if let Some(own) = x.kids.first_mut()
            && is_same(own, ty)
        {
            *own = Node::none();
            x.at = x.mid;
        }
    } else if x.k == K::Unary && x.text == "&" && ty.k == K::Star {
        let is_match = x.kid(0).k == K::Composite && is_same(x.kid(0).kid(0), ty.kid(0));
        if is_match && let Some(mut inner) = x.kids.pop() {
            if let Some(own) = inner.kids.first_mut() {
                *own = Node::none();
            }
            inner.at = inner.mid;
            *x = inner;
        }
    }
}

fn is_same(a: &Node, b: &Node) -> bool {
    (a.k, a.text, a.n) == (b.k, b.text, b.n)
        && a.kids.len() == b.kids.len()
        && a.kids.iter().zip(&b.kids).all(|(a, b)| is_same(a, b))
}
