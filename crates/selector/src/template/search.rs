//! Finding out whether a template expands to a topic.
//!
//! The search goes through the template once, not through the topic: it holds the set of places that
//! the parts so far can have reached, and each part turns that set into the next by a few sweeps over the
//! topic. Where thousands of ways lead to one place, it is one place.

use super::chars::Chars;
use super::positions::Positions;
use super::syntax::{Expression, Modifier, Operator, Part, Variable};
use super::unit::{Unit, continues, unit_at};

/// One topic, searched once.
pub(super) struct Search<'a> {
    topic: &'a [u8],
    /// Bytes looked at.
    #[cfg(test)]
    pub(super) steps: usize,
}

/// Where a sweep stands within `name=value` pairs: any of these at once.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct InPairs {
    name: bool,
    after_equals: bool,
    value: bool,
}

impl<'a> Search<'a> {
    pub(super) const fn new(topic: &'a str) -> Self {
        Self {
            topic: topic.as_bytes(),
            #[cfg(test)]
            steps: 0,
        }
    }

    /// Whether `parts`, one after the other, can make up the whole topic.
    pub(super) fn run(&mut self, parts: &[Part]) -> bool {
        let mut reached = self.none();
        reached.insert(0);
        for part in parts {
            reached = match part {
                Part::Literal(text) => self.literal(&reached, text.as_bytes()),
                Part::Expression(expression) => self.expression(&reached, expression),
            };
            if reached.is_empty() {
                return false;
            }
        }
        reached.has(self.topic.len())
    }

    /// Any of the variables may be undefined; of those that are not, the first one follows the
    /// operator's first character and the others a separator (section 3.2.1).
    fn expression(&mut self, from: &Positions, expression: &Expression) -> Positions {
        let operator = expression.operator;
        let first = self.literal(from, operator.first().as_bytes());
        let mut reached = self.none();
        for variable in &expression.variables {
            let mut start = self.literal(&reached, &[operator.separator()]);
            start.add(&first);
            reached.add(&self.variable(&start, operator, variable));
        }
        reached.add(from);
        reached
    }

    fn variable(&mut self, from: &Positions, operator: Operator, variable: &Variable) -> Positions {
        let chars = operator.chars();
        match variable.modifier {
            Modifier::Explode => self.exploded(from, operator),
            Modifier::Plain if operator.named() => {
                let name = self.literal(from, variable.name.as_bytes());
                let value = self.literal(&name, b"=");
                let value = self.run_of(&value, chars.with(b','));
                if operator.bare() {
                    union(value, &name)
                } else {
                    value
                }
            }
            Modifier::Prefix(max) if operator.named() => {
                let name = self.literal(from, variable.name.as_bytes());
                let value = self.literal(&name, b"=");
                if operator.bare() {
                    let rest = self.one_of(&value, chars);
                    union(self.prefix(&rest, chars, max - 1), &name)
                } else {
                    self.prefix(&value, chars, max)
                }
            }
            Modifier::Plain => self.run_of(from, chars.with(b',')),
            Modifier::Prefix(max) => self.prefix(from, chars, max),
        }
    }

    /// A string, a list or pairs; named lists and strings look like pairs.
    fn exploded(&mut self, from: &Positions, operator: Operator) -> Positions {
        let (chars, separator) = (operator.chars(), operator.separator());
        let pairs = self.pairs(from, chars, separator, operator.bare());
        if operator.named() {
            return pairs;
        }
        union(self.run_of(from, chars.with(separator)), &pairs)
    }

    /// `text` itself.
    fn literal(&mut self, from: &Positions, text: &[u8]) -> Positions {
        let mut reached = self.none();
        for at in from.iter() {
            self.count(text.len() + 1);
            if self.topic[at..].starts_with(text) {
                reached.insert(at + text.len());
            }
        }
        reached
    }

    /// One character of a value, at least the first triplet of it.
    fn one_of(&mut self, from: &Positions, chars: Chars) -> Positions {
        let mut reached = self.none();
        for at in from.iter() {
            self.count(1);
            if let Some((unit, next)) = unit_at(self.topic, at)
                && unit.is_in(chars)
            {
                reached.insert(next);
            }
        }
        reached
    }

    /// Any number of characters of a value.
    fn run_of(&mut self, from: &Positions, chars: Chars) -> Positions {
        self.sweep(
            from,
            |_| true,
            |within| within,
            |_, unit, _| unit.is_in(chars),
        )
    }

    /// At most `max` characters of a value. Of all the starts behind a place the nearest has the fewest
    /// characters to it, so it alone is counted from.
    fn prefix(&mut self, from: &Positions, chars: Chars, max: u16) -> Positions {
        let topic = self.topic;
        self.sweep(
            from,
            |_| Some(0),
            |count| count.is_some(),
            |count, unit, at| {
                let more = u16::from(!continues(topic, at));
                count
                    .map(|count| count + more)
                    .filter(|count| *count <= max && unit.is_in(chars))
            },
        )
    }

    /// `name=value` pairs, at least one. Where `bare`, an empty value loses its `=`.
    fn pairs(&mut self, from: &Positions, chars: Chars, separator: u8, bare: bool) -> Positions {
        self.sweep(
            from,
            |pairs: InPairs| InPairs {
                name: true,
                ..pairs
            },
            |pairs| pairs.value || bare && pairs.name,
            |pairs, unit, _| {
                let (held, equals) = (unit.is_in(chars), unit.is(b'='));
                let next = unit.is(separator) && (pairs.value || bare && pairs.name);
                InPairs {
                    name: pairs.name && held || next,
                    after_equals: bare && pairs.name && equals,
                    value: held && (pairs.value || pairs.after_equals)
                        || !bare && pairs.name && equals,
                }
            },
        )
    }

    /// Goes over the topic once with a small state, the default of which means that nothing is under way.
    /// `enter` changes it at a start, `accept` tells whether a place is reached, `step` takes it over
    /// one unit.
    fn sweep<S: Copy + Default + PartialEq>(
        &mut self,
        from: &Positions,
        enter: impl Fn(S) -> S,
        accept: impl Fn(S) -> bool,
        step: impl Fn(S, Unit, usize) -> S,
    ) -> Positions {
        let mut reached = self.none();
        let mut state = S::default();
        let mut next = from.next_from(0);
        while let Some(at) = next {
            self.count(1);
            if from.has(at) {
                state = enter(state);
            }
            if accept(state) {
                reached.insert(at);
            }
            let unit = unit_at(self.topic, at);
            state = unit.map_or_else(S::default, |(unit, _)| step(state, unit, at));
            next = match unit {
                Some((_, after)) if state != S::default() => Some(after),
                _ => from.next_from(at + 1),
            };
        }
        reached
    }

    fn none(&self) -> Positions {
        Positions::none(self.topic.len())
    }

    fn count(&mut self, _steps: usize) {
        #[cfg(test)]
        {
            self.steps += _steps;
        }
    }
}

fn union(mut positions: Positions, more: &Positions) -> Positions {
    positions.add(more);
    positions
}
