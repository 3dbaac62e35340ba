//! What a template consists of (RFC 6570, section 2).

use alloc::boxed::Box;

use super::chars::Chars;

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Text that stands for itself.
    Literal(Box<str>),
    /// What stands in braces.
    Expression(Expression),
}

/// An operator and the variables that it expands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Expression {
    pub(super) operator: Operator,
    /// At least one.
    pub(super) variables: Box<[Variable]>,
}

/// A variable and how much of it is expanded, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Variable {
    pub(super) name: Box<str>,
    pub(super) modifier: Modifier,
}

/// What follows the name of a variable (section 2.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Modifier {
    /// Nothing: a list is joined by commas.
    Plain,
    /// `:n`: the first `n` characters of a string, 1 to 9999.
    Prefix(u16),
    /// `*`: each member on its own.
    Explode,
}

/// The character after the opening brace (section 2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    /// None.
    Simple,
    /// `+`
    Reserved,
    /// `#`
    Fragment,
    /// `.`
    Label,
    /// `/`
    Path,
    /// `;`
    Parameter,
    /// `?`
    Query,
    /// `&`
    Continuation,
}

/// The table of appendix A.
impl Operator {
    /// What the expansion starts with, if any variable is defined.
    pub(super) const fn first(self) -> &'static str {
        match self {
            Self::Simple | Self::Reserved => "",
            Self::Fragment => "#",
            Self::Label => ".",
            Self::Path => "/",
            Self::Parameter => ";",
            Self::Query => "?",
            Self::Continuation => "&",
        }
    }

    /// What stands between variables, and between the members of an exploded one.
    pub(super) const fn separator(self) -> u8 {
        match self {
            Self::Simple | Self::Reserved | Self::Fragment => b',',
            Self::Label => b'.',
            Self::Path => b'/',
            Self::Parameter => b';',
            Self::Query | Self::Continuation => b'&',
        }
    }

    /// Whether values come with their names.
    pub(super) const fn named(self) -> bool {
        matches!(self, Self::Parameter | Self::Query | Self::Continuation)
    }

    /// Whether the name of an empty value stands alone, without `=`.
    pub(super) const fn bare(self) -> bool {
        matches!(self, Self::Parameter)
    }

    /// What a value holds besides percent-encoded triplets.
    pub(super) const fn chars(self) -> Chars {
        match self {
            Self::Reserved | Self::Fragment => Chars::UNRESERVED_OR_RESERVED,
            _ => Chars::UNRESERVED,
        }
    }
}
