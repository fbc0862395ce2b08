//! The ways on from an object under a dotted path, since a key may hold dots itself.

use super::node::Node;

/// The few ways on from an object; nearly always none or one.
#[derive(Default)]
pub(super) struct Steps<'d, 'p> {
    one: Option<(usize, Node<'d>, Option<&'p str>)>,
    more: Vec<(usize, Node<'d>, Option<&'p str>)>,
}

impl<'d, 'p> Steps<'d, 'p> {
    pub(super) fn put(&mut self, len: usize, node: Node<'d>, rest: Option<&'p str>) {
        let step = (len, node, rest);
        match &mut self.one {
            None => self.one = Some(step),
            Some(one) if one.0 == len => *one = step,
            Some(_) => {
                if let Some(same) = self.more.iter_mut().find(|other| other.0 == len) {
                    *same = step;
                } else {
                    self.more.push(step);
                }
            }
        }
    }

    pub(super) fn into_iter(self) -> impl DoubleEndedIterator<Item = (Node<'d>, Option<&'p str>)> {
        let mut all = self.more;
        if !all.is_empty() {
            all.extend(self.one);
            all.sort_by_key(|step| step.0);
            return Few::Many(all.into_iter());
        }
        Few::One(self.one.into_iter())
    }
}

enum Few<T> {
    One(std::option::IntoIter<T>),
    Many(std::vec::IntoIter<T>),
}

impl<'d, 'p> Iterator for Few<(usize, Node<'d>, Option<&'p str>)> {
    type Item = (Node<'d>, Option<&'p str>);

    fn next(&mut self) -> Option<Self::Item> {
        let step = match self {
            Self::One(one) => one.next(),
            Self::Many(many) => many.next(),
        };
        step.map(|(_, node, rest)| (node, rest))
    }
}

impl DoubleEndedIterator for Few<(usize, Node<'_>, Option<&str>)> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let step = match self {
            Self::One(one) => one.next_back(),
            Self::Many(many) => many.next_back(),
        };
        step.map(|(_, node, rest)| (node, rest))
    }
}
