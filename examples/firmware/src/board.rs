//! What the program needs of the machine: a start, an exit, and with feature `print` a console and
//! the cost of a piece of work. All of the program's unsafe code is here.

#[cfg(target_arch = "arm")]
mod cortex_m;
#[cfg(target_arch = "arm")]
use self::cortex_m as machine;

#[cfg(target_arch = "riscv32")]
mod riscv;
#[cfg(target_arch = "riscv32")]
use self::riscv as machine;

pub use self::machine::exit;
#[cfg(feature = "print")]
pub use self::reporting::{measure, print};

/// Where the machine's start-up code ends.
extern "C" fn main() -> ! {
    exit(crate::run())
}

#[cfg(feature = "print")]
mod reporting {
    use core::fmt::{self, Write as _};
    use core::hint::black_box;
    use core::ptr;

    use super::machine;

    /// What a piece of work took.
    pub struct Cost {
        /// The most bytes of stack that were in use at one time.
        pub stack: usize,
        /// Instructions, where the machine counts them.
        pub instructions: Option<u32>,
    }

    const PAINT: u32 = 0x5041_494e;

    /// Paints the free part of the stack, works, and looks how far the paint is gone.
    #[inline(never)]
    pub fn measure<R>(work: impl FnOnce() -> R) -> (R, Cost) {
        let (bottom, top) = (machine::stack_bottom(), machine::stack_pointer());
        for address in (bottom..top).step_by(4) {
            // SAFETY: the stack grows downwards. Below its pointer nothing is in use, and nothing is
            // called here: the loop has no frame of its own.
            unsafe { ptr::with_exposed_provenance_mut::<u32>(address).write_volatile(PAINT) };
        }
        let start = machine::instructions();
        let result = black_box(work());
        let instructions = machine::instructions().zip(start).map(|(end, start)| end.wrapping_sub(start));
        let painted = |address: &usize| {
            // SAFETY: this is aligned memory of the stack, initialised above.
            unsafe { ptr::with_exposed_provenance::<u32>(*address).read_volatile() == PAINT }
        };
        let left = (bottom..top).step_by(4).take_while(painted).count() * 4;
        (result, Cost { stack: top - bottom - left, instructions })
    }

    /// Prints to the machine's console.
    pub fn print(text: fmt::Arguments<'_>) {
        let _ = Console.write_fmt(text);
    }

    struct Console;

    impl fmt::Write for Console {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            machine::write(text.as_bytes());
            Ok(())
        }
    }
}
