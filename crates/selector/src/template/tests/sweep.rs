//! A matcher that goes over the topic unit by unit, for topics that are too long for the naive one.

use std::collections::BTreeSet;
use std::vec::Vec;

use super::naive::continues;
use crate::template::chars::{Chars, triplet};
use crate::template::syntax::{Expression, Modifier, Operator, Part, Variable};

type Places = BTreeSet<usize>;

/// The places of `topic` that `parts`, one after the other, can reach from its start.
pub(super) fn swept(parts: &[Part], topic: &str) -> Vec<usize> {
    let sweep = Sweep(topic.as_bytes());
    let reached = parts
        .iter()
        .fold(Places::from([0]), |from, part| match part {
            Part::Literal(text) => sweep.literal(&from, text.as_bytes()),
            Part::Expression(expression) => sweep.expression(&from, expression),
        });
    reached.into_iter().collect()
}

struct Sweep<'a>(&'a [u8]);

/// Where a sweep stands within `name=value` pairs: any of these at once.
#[derive(Clone, Copy, Default, PartialEq)]
struct InPairs {
    name: bool,
    after_equals: bool,
    value: bool,
}

impl Sweep<'_> {
    fn expression(&self, from: &Places, expression: &Expression) -> Places {
        let operator = expression.operator;
        let first = self.literal(from, operator.first().as_bytes());
        let mut reached = Places::new();
        for variable in &expression.variables {
            let next = self.literal(&reached, &[operator.separator()]);
            reached.extend(self.variable(&(&next | &first), operator, variable));
        }
        &reached | from
    }

    fn variable(&self, from: &Places, operator: Operator, variable: &Variable) -> Places {
        let chars = operator.chars();
        if variable.modifier == Modifier::Explode {
            return self.exploded(from, operator);
        }
        let value = |from: &Places| match variable.modifier {
            Modifier::Prefix(max) => self.prefix(from, chars, max.into()),
            _ => self.run_of(from, b",", chars),
        };
        if !operator.named() {
            return value(from);
        }
        let name = self.literal(from, variable.name.as_bytes());
        let start = self.literal(&name, b"=");
        match variable.modifier {
            Modifier::Prefix(max) if operator.bare() => {
                let more = self.prefix(&self.one_of(&start, chars), chars, usize::from(max) - 1);
                &more | &name
            }
            _ if operator.bare() => &value(&start) | &name,
            _ => value(&start),
        }
    }

    fn exploded(&self, from: &Places, operator: Operator) -> Places {
        let (chars, separator) = (operator.chars(), operator.separator());
        let pairs = self.pairs(from, chars, separator, operator.bare());
        if operator.named() {
            return pairs;
        }
        &pairs | &self.run_of(from, &[separator], chars)
    }

    fn literal(&self, from: &Places, text: &[u8]) -> Places {
        let starts = from.iter().filter(|at| self.0[**at..].starts_with(text));
        starts.map(|at| at + text.len()).collect()
    }

    fn one_of(&self, from: &Places, chars: Chars) -> Places {
        let ends = from.iter().filter_map(|at| self.held(*at, chars));
        ends.collect()
    }

    fn run_of(&self, from: &Places, more: &[u8], chars: Chars) -> Places {
        let held = |at| {
            let one = self.0.get(at).filter(|byte| more.contains(byte));
            self.held(at, chars).or(one.map(|_| at + 1))
        };
        self.sweep(
            from,
            |_| true,
            |within| within,
            |within, at| within && held(at).is_some(),
        )
    }

    /// Of all the starts behind a place the nearest has the fewest characters to it.
    fn prefix(&self, from: &Places, chars: Chars, max: usize) -> Places {
        self.sweep(
            from,
            |_| Some(0),
            |count| count.is_some(),
            |count, at| {
                self.held(at, chars)?;
                let count = count? + usize::from(!continues(self.0, at));
                (count <= max).then_some(count)
            },
        )
    }

    fn pairs(&self, from: &Places, chars: Chars, separator: u8, bare: bool) -> Places {
        self.sweep(
            from,
            |pairs: InPairs| InPairs {
                name: true,
                ..pairs
            },
            |pairs| pairs.value || bare && pairs.name,
            |pairs, at| {
                let held = self.held(at, chars).is_some();
                let equals = pairs.name && self.0[at] == b'=';
                let next = self.0[at] == separator && (pairs.value || bare && pairs.name);
                InPairs {
                    name: pairs.name && held || next,
                    after_equals: bare && equals,
                    value: held && (pairs.value || pairs.after_equals) || !bare && equals,
                }
            },
        )
    }

    /// Goes over the topic once with a state whose default means that nothing is under way.
    fn sweep<S: Copy + Default + PartialEq>(
        &self,
        from: &Places,
        enter: impl Fn(S) -> S,
        accept: impl Fn(S) -> bool,
        step: impl Fn(S, usize) -> S,
    ) -> Places {
        let (mut reached, mut state, mut at) = (Places::new(), S::default(), 0);
        loop {
            if from.contains(&at) {
                state = enter(state);
            }
            if state != S::default() && accept(state) {
                reached.insert(at);
            }
            if at == self.0.len() {
                return reached;
            }
            state = step(state, at);
            at += if triplet(&self.0[at..]).is_some() {
                3
            } else {
                1
            };
        }
    }

    /// Where the character of a value at `at` ends, if there is one.
    fn held(&self, at: usize, chars: Chars) -> Option<usize> {
        if triplet(&self.0[at..]).is_some() {
            return Some(at + 3);
        }
        let byte = self.0.get(at)?;
        chars.has(*byte).then_some(at + 1)
    }
}
