//! A matcher that tries everything: which variables are defined, what kind of value each has, and
//! where it ends. It follows the definition and takes exponential time.

use crate::template::chars::{Chars, triplet};
use crate::template::syntax::{Expression, Modifier, Operator, Part, Variable};

pub(super) fn naively_matches(parts: &[Part], topic: &str) -> bool {
    Naive(topic.as_bytes()).parts(parts, 0)
}

struct Naive<'a>(&'a [u8]);

impl Naive<'_> {
    fn parts(&self, parts: &[Part], from: usize) -> bool {
        match parts.split_first() {
            None => from == self.0.len(),
            Some((Part::Literal(text), rest)) => {
                self.0[from..].starts_with(text.as_bytes()) && self.parts(rest, from + text.len())
            }
            Some((Part::Expression(expression), rest)) => (from..=self.0.len())
                .any(|to| self.expression(expression, from, to) && self.parts(rest, to)),
        }
    }

    fn expression(&self, expression: &Expression, from: usize, to: usize) -> bool {
        let Expression {
            operator,
            variables,
        } = expression;
        let first = operator.first().as_bytes();
        if from == to {
            return true;
        }
        (1..1_u32 << variables.len()).any(|mask| {
            let chosen = variables
                .iter()
                .enumerate()
                .filter(|(i, _)| mask >> i & 1 == 1);
            let chosen: std::vec::Vec<_> = chosen.map(|(_, variable)| variable).collect();
            self.0[from..to].starts_with(first)
                && self.joined(*operator, &chosen, from + first.len(), to)
        })
    }

    fn joined(&self, operator: Operator, defined: &[&Variable], from: usize, to: usize) -> bool {
        let [head, tail @ ..] = defined else {
            return false;
        };
        if tail.is_empty() {
            return self.variable(operator, head, from, to);
        }
        (from..to).any(|at| {
            self.0[at] == operator.separator()
                && self.variable(operator, head, from, at)
                && self.joined(operator, tail, at + 1, to)
        })
    }

    fn variable(&self, operator: Operator, variable: &Variable, from: usize, to: usize) -> bool {
        let chars = operator.chars();
        let list = |from, to| self.items(b',', from, to, &|a, b| self.value(chars, a, b));
        match variable.modifier {
            Modifier::Explode => self.exploded(operator, variable, from, to),
            Modifier::Plain => self.named(operator, variable, from, to, &list),
            Modifier::Prefix(max) => self.named(operator, variable, from, to, &|a, b| {
                let starts = |at: &usize| *at == a || self.boundary(a, *at);
                let characters = (a..b)
                    .filter(starts)
                    .filter(|at| !continues(self.0, *at))
                    .count();
                self.value(chars, a, b)
                    && characters <= usize::from(max)
                    && !(operator.bare() && a == b)
            }),
        }
    }

    fn named(
        &self,
        operator: Operator,
        variable: &Variable,
        from: usize,
        to: usize,
        value: &dyn Fn(usize, usize) -> bool,
    ) -> bool {
        if !operator.named() {
            return value(from, to);
        }
        let Some(rest) = self.0[from..to].strip_prefix(variable.name.as_bytes()) else {
            return false;
        };
        match rest.split_first() {
            None => operator.bare(),
            Some((equals, rest)) => *equals == b'=' && value(to - rest.len(), to),
        }
    }

    fn exploded(&self, operator: Operator, variable: &Variable, from: usize, to: usize) -> bool {
        let chars = operator.chars();
        let member = |a, b| {
            let value = |a: usize, b| self.value(chars, a, b) && !(operator.bare() && a == b);
            self.named(operator, variable, a, b, &value)
        };
        let pair = |a, b| {
            let equals = (a..b).filter(|at| self.0[*at] == b'=');
            let bare = |at: usize| operator.bare() && at + 1 == b;
            equals
                .into_iter()
                .any(|at| self.value(chars, a, at) && self.value(chars, at + 1, b) && !bare(at))
                || operator.bare() && self.value(chars, a, b)
        };
        self.items(operator.separator(), from, to, &member)
            || self.items(operator.separator(), from, to, &pair)
    }

    /// One item, or an item, a separator, and items.
    fn items(
        &self,
        separator: u8,
        from: usize,
        to: usize,
        item: &dyn Fn(usize, usize) -> bool,
    ) -> bool {
        let split = |at: usize| {
            self.0[at] == separator && item(from, at) && self.items(separator, at + 1, to, item)
        };
        item(from, to) || (from..to).any(split)
    }

    fn value(&self, chars: Chars, from: usize, to: usize) -> bool {
        if from >= to {
            return from == to;
        }
        match triplet(&self.0[from..to]) {
            Some(_) => self.value(chars, from + 3, to),
            None => chars.has(self.0[from]) && self.value(chars, from + 1, to),
        }
    }

    /// Whether a whole number of characters and triplets stands between the two places.
    fn boundary(&self, from: usize, to: usize) -> bool {
        if from >= to {
            return from == to;
        }
        let len = if triplet(&self.0[from..]).is_some() {
            3
        } else {
            1
        };
        self.boundary(from + len, to)
    }
}

/// Whether the triplet at `at` is a later octet of a UTF-8 sequence: one that starts up to three
/// triplets before it and is long enough.
pub(super) fn continues(topic: &[u8], at: usize) -> bool {
    let octet = |back: usize| {
        at.checked_sub(3 * back)
            .and_then(|at| triplet(&topic[at..]))
    };
    if !matches!(octet(0), Some(0x80..=0xBF)) {
        return false;
    }
    for back in 1..=3 {
        match octet(back) {
            Some(0x80..=0xBF) => {}
            Some(0xC2..=0xDF) => return back < 2,
            Some(0xE0..=0xEF) => return back < 3,
            Some(0xF0..=0xF4) => return back < 4,
            _ => return false,
        }
    }
    false
}
