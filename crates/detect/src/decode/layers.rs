//! What bytes are wrapped in before they are text: gzip, zlib, UTF-16.

use super::inflate;

/// So many bytes tell.
pub(super) const HEAD: usize = 4;

/// A layer to take off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layer {
    Gzip,
    Zlib,
    Utf16(Order),
}

/// Which byte of two comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Little,
    Big,
}

impl Layer {
    /// The layer that bytes begin with; nothing for text.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        match head {
            _ if head.starts_with(&inflate::MAGIC) => Some(Self::Gzip),
            [0x78, 0x01 | 0x9C | 0xDA, ..] => Some(Self::Zlib),
            // A mark, or none: what JSON, XML and a table's header begin with is ASCII.
            [0xFF, 0xFE, ..] | [1..=0x7F, 0, 1..=0x7F, 0, ..] => Some(Self::Utf16(Order::Little)),
            [0xFE, 0xFF, ..] | [0, 1..=0x7F, 0, 1..=0x7F, ..] => Some(Self::Utf16(Order::Big)),
            _ => None,
        }
    }
}

/// UTF-16 to UTF-8; halves of pairs that stand alone become U+FFFD.
#[derive(Debug)]
pub(super) struct Utf16 {
    order: Order,
    /// The first byte of a unit whose second has not come.
    half: Option<u8>,
    /// The first unit of a pair whose second has not come.
    high: Option<u16>,
}

impl Utf16 {
    pub(super) fn new(order: Order) -> Self {
        Self { order, half: None, high: None }
    }

    /// Writes as text as many bytes as the room surely holds, and says how many were taken and made.
    pub(super) fn run(&mut self, bytes: &[u8], room: &mut [u8]) -> (usize, usize) {
        // Two bytes make three at most, and one may be owed from before.
        let bytes = &bytes[..bytes.len().min(room.len().saturating_sub(2 * LONGEST) / 2)];
        let mut made = 0;
        for &byte in bytes {
            let Some(first) = self.half.take() else {
                self.half = Some(byte);
                continue;
            };
            let unit = match self.order {
                Order::Little => u16::from_le_bytes([first, byte]),
                Order::Big => u16::from_be_bytes([first, byte]),
            };
            self.unit(unit, room, &mut made);
        }
        (bytes.len(), made)
    }

    fn unit(&mut self, unit: u16, room: &mut [u8], made: &mut usize) {
        let mut put = |c: char| *made += c.encode_utf8(&mut room[*made..]).len();
        for decoded in char::decode_utf16(self.high.take().into_iter().chain([unit])) {
            match decoded {
                Ok(c) => put(c),
                Err(error) if error.unpaired_surrogate() == unit && (0xD800..0xDC00).contains(&unit) => {
                    self.high = Some(unit);
                }
                Err(_) => put(char::REPLACEMENT_CHARACTER),
            }
        }
    }

    /// Does anything remain that is no whole character?
    pub(super) fn is_cut_off(&self) -> bool {
        self.half.is_some() || self.high.is_some()
    }
}

/// The most bytes that a character has.
const LONGEST: usize = 4;
