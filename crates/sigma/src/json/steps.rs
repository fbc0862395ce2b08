//! The ways on from an object under a dotted path, since a key may hold dots itself.

/// The few ways on from an object; nearly always none or one.
pub(super) struct Steps<'p, N> {
    one: Option<(usize, N, Option<&'p str>)>,
    more: Vec<(usize, N, Option<&'p str>)>,
}

impl<'p, N> Steps<'p, N> {
    pub(super) fn none() -> Self {
        Self { one: None, more: Vec::new() }
    }

    pub(super) fn put(&mut self, len: usize, node: N, rest: Option<&'p str>) {
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

    pub(super) fn into_iter(self) -> impl DoubleEndedIterator<Item = (N, Option<&'p str>)> {
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

impl<'p, N> Iterator for Few<(usize, N, Option<&'p str>)> {
    type Item = (N, Option<&'p str>);

    fn next(&mut self) -> Option<Self::Item> {
        let step = match self {
            Self::One(one) => one.next(),
            Self::Many(many) => many.next(),
        };
        step.map(|(_, node, rest)| (node, rest))
    }
}

impl<N> DoubleEndedIterator for Few<(usize, N, Option<&str>)> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let step = match self {
            Self::One(one) => one.next_back(),
            Self::Many(many) => many.next_back(),
        };
        step.map(|(_, node, rest)| (node, rest))
    }
}
