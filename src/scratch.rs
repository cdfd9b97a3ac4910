//! The buffers that tokens are decoded into.

use crate::error::ParseError;

/// A buffer that a token is decoded into: `[u8]`, `[u8; N]`, or (with `alloc`) `Vec<u8>`. The trait
/// is sealed.
pub trait Scratch: sealed::AtLeast {}

impl<S: sealed::AtLeast + ?Sized> Scratch for S {}

mod sealed {
    use crate::error::ParseError;

    #[diagnostic::on_unimplemented(
        message = "`{Self}` is not a buffer to decode a token into",
        note = "buffers are `[u8]`, `[u8; N]`, and with the feature `alloc` `Vec<u8>`"
    )]
    pub trait AtLeast {
        fn at_least(&mut self, needed: usize) -> Result<&mut [u8], ParseError>;
    }
}

impl sealed::AtLeast for [u8] {
    fn at_least(&mut self, needed: usize) -> Result<&mut [u8], ParseError> {
        let given = self.len();
        if given < needed { Err(ParseError::ScratchTooSmall { needed, given }) } else { Ok(self) }
    }
}

impl<const N: usize> sealed::AtLeast for [u8; N] {
    fn at_least(&mut self, needed: usize) -> Result<&mut [u8], ParseError> {
        self.as_mut_slice().at_least(needed)
    }
}

#[cfg(feature = "alloc")]
impl sealed::AtLeast for alloc::vec::Vec<u8> {
    fn at_least(&mut self, needed: usize) -> Result<&mut [u8], ParseError> {
        if self.len() < needed {
            self.resize(needed, 0);
        }
        Ok(self)
    }
}
