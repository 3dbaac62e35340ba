//! Finding out whether a template expands to a topic.
//!
//! The search goes through the template once, not through the topic: it holds the set of places that
//! the parts so far can have reached, and each part turns that set into the next by a few operations on
//! sets, 64 places at a time. Where thousands of ways lead to one place, it is one place.

use alloc::vec::Vec;

use super::bitmaps::Bitmaps;
use super::bits::Bits;
use super::chars::Chars;
use super::pairs::Pairs;
use super::syntax::{Expression, Modifier, Operator, Part, Variable};
use super::words::Words;
use super::work::count;

/// One topic, searched once.
struct Search<'a, W> {
    topic: &'a [u8],
    bitmaps: Bitmaps<'a, W>,
}

/// Whether `parts`, one after the other, can make up the whole topic.
pub(super) fn makes_up(parts: &[Part], topic: &str) -> bool {
    let topic = topic.as_bytes();
    match topic.len() {
        0..64 => Search::<[u64; 1]>::new(topic).run(parts),
        64..256 => Search::<[u64; 4]>::new(topic).run(parts),
        _ => Search::<Vec<u64>>::new(topic).run(parts),
    }
}

/// The places that `parts` can reach.
#[cfg(test)]
pub(super) fn reached<W: Words>(parts: &[Part], topic: &str) -> Vec<usize> {
    let reached = Search::<W>::new(topic.as_bytes()).reached(parts);
    reached.iter().collect()
}

impl<'a, W: Words> Search<'a, W> {
    fn new(topic: &'a [u8]) -> Self {
        Self {
            topic,
            bitmaps: Bitmaps::new(topic),
        }
    }

    fn run(&mut self, parts: &[Part]) -> bool {
        self.reached(parts).has(self.topic.len())
    }

    fn reached(&mut self, parts: &[Part]) -> Bits<W> {
        let mut reached = self.none();
        reached.insert(0);
        for part in parts {
            reached = match part {
                Part::Literal(text) => self.literal(reached, text.as_bytes()),
                Part::Expression(expression) => self.expression(&reached, expression),
            };
            if reached.is_empty() {
                break;
            }
        }
        reached
    }

    /// Any of the variables may be undefined; of those that are not, the first one follows the
    /// operator's first character and the others a separator (section 3.2.1).
    fn expression(&mut self, from: &Bits<W>, expression: &Expression) -> Bits<W> {
        let operator = expression.operator;
        let first = self.literal(from.clone(), operator.first().as_bytes());
        let mut reached = self.none();
        for variable in &expression.variables {
            let start = self.literal(reached.clone(), &[operator.separator()]);
            let start = start.or(&first);
            if !start.is_empty() {
                reached = self.variable(start, operator, variable).or(&reached);
            }
        }
        reached.or(from)
    }

    fn variable(&mut self, from: Bits<W>, operator: Operator, variable: &Variable) -> Bits<W> {
        let chars = operator.chars();
        match variable.modifier {
            Modifier::Explode => self.exploded(from, operator),
            _ if operator.named() => {
                let name = self.literal(from, variable.name.as_bytes());
                let value = self.literal(name.clone(), b"=");
                let value = match variable.modifier {
                    Modifier::Prefix(max) if operator.bare() => {
                        let rest = self.byte_of(value, chars);
                        self.prefix(rest, chars, max - 1)
                    }
                    Modifier::Prefix(max) => self.prefix(value, chars, max),
                    _ => self.run_of(value, self.bitmaps.list(chars)),
                };
                if operator.bare() {
                    value.or(&name)
                } else {
                    value
                }
            }
            Modifier::Prefix(max) => self.prefix(from, chars, max),
            Modifier::Plain => self.run_of(from, self.bitmaps.list(chars)),
        }
    }

    /// A string, a list or pairs; named lists and strings look like pairs.
    fn exploded(&mut self, from: Bits<W>, operator: Operator) -> Bits<W> {
        let separators = self.bitmaps.byte(operator.separator()).clone();
        if operator.chars() == Chars::UNRESERVED_OR_RESERVED {
            // Whatever a pair consists of may stand in a string.
            return self.run_of(from, self.bitmaps.value(operator.chars()));
        }
        let equals = self.bitmaps.byte(b'=').clone();
        let held = self.bitmaps.value(operator.chars());
        let pairs = Pairs {
            held,
            equals: &equals,
            separators: &separators,
        };
        let ends = if operator.bare() {
            pairs.bare_ends(&from)
        } else {
            pairs.ends(&from)
        };
        let ends = ends.without(self.bitmaps.inside());
        if operator.named() {
            ends
        } else {
            self.run_of(from, &separators.or(held)).or(&ends)
        }
    }

    /// `text` itself. As long as there are many places, all of them go on by one byte at once.
    fn literal(&mut self, from: Bits<W>, text: &[u8]) -> Bits<W> {
        let (mut from, mut rest) = (from, text);
        while let [byte, after @ ..] = rest
            && from.count() > from.words().len()
        {
            from = from.and(self.bitmaps.byte(*byte)).later(1);
            rest = after;
        }
        if rest.is_empty() {
            return from;
        }
        let mut reached = self.none();
        for at in from.iter() {
            count(rest.len());
            if self.topic[at..].starts_with(rest) {
                reached.insert(at + rest.len());
            }
        }
        reached
    }

    /// One byte of a value. Where it starts a triplet, what comes next takes in the rest: it belongs to
    /// the same character.
    fn byte_of(&self, from: Bits<W>, chars: Chars) -> Bits<W> {
        from.and(self.bitmaps.value(chars)).later(1)
    }

    /// Any number of `bytes`, which hold triplets as a whole.
    fn run_of(&self, from: Bits<W>, bytes: &Bits<W>) -> Bits<W> {
        from.flood(bytes).without(self.bitmaps.inside())
    }

    /// At most `max` characters of a value. Of all the starts behind a place the nearest has the fewest
    /// characters to it, so it is enough that some start is near and that a run leads there.
    fn prefix(&mut self, from: Bits<W>, chars: Chars, max: u16) -> Bits<W> {
        let max = usize::from(max);
        if max >= self.topic.len() {
            return self.run_of(from, self.bitmaps.value(chars));
        }
        if !self.bitmaps.has_triplets() {
            let near = from.clone().dilated(max);
            return self.run_of(from, self.bitmaps.value(chars)).and(&near);
        }
        let none = self.none();
        let characters = self.bitmaps.characters();
        let starts = from.clone().flood(characters.followers());
        let near = match max.checked_sub(1) {
            None => none,
            Some(more) => characters.from(starts, more),
        };
        let near = near.or(characters.followers());
        let near = near.and(self.bitmaps.value(chars));
        self.run_of(from, &near)
    }

    fn none(&self) -> Bits<W> {
        Bits::none(self.topic.len())
    }
}
