//! A 32-bit RISC-V under QEMU's user-mode emulation: Linux system calls are its console and its way
//! to exit. It counts no instructions that would mean anything.

use core::arch::{asm, global_asm};
use core::cell::UnsafeCell;

const STACK_SIZE: usize = 32 * 1024;

/// A stack of known size, in place of the one that comes with the process.
#[repr(align(16))]
struct Stack(#[allow(dead_code, reason = "it is known by address")] UnsafeCell<[u8; STACK_SIZE]>);

// SAFETY: there is one thread, and it never refers to the stack's memory by this name.
unsafe impl Sync for Stack {}

static STACK: Stack = Stack(UnsafeCell::new([0; STACK_SIZE]));

global_asm!(
    ".section .text.start, \"ax\"
     .global _start
     _start:
         la sp, {stack}
         li t0, {size}
         add sp, sp, t0
         call {main}",
    stack = sym STACK,
    size = const STACK_SIZE,
    main = sym super::main,
);

/// Ends the program with this status.
pub fn exit(status: u8) -> ! {
    const EXIT: usize = 93;
    // SAFETY: the system call takes one number and does not return.
    unsafe { asm!("ecall", in("a0") usize::from(status), in("a7") EXIT, options(noreturn, nostack)) }
}

#[cfg(feature = "print")]
pub use self::reporting::{instructions, stack_bottom, stack_pointer, write};

#[cfg(feature = "print")]
mod reporting {
    use core::arch::asm;

    /// Writes to standard output.
    pub fn write(text: &[u8]) {
        const WRITE: usize = 64;
        const STDOUT: usize = 1;
        // SAFETY: the system call reads as many bytes as it is told, and changes `a0` alone.
        unsafe {
            asm!("ecall", inout("a0") STDOUT => _, in("a1") text.as_ptr(), in("a2") text.len(),
                in("a7") WRITE, options(nostack, readonly));
        }
    }

    pub fn instructions() -> Option<u32> {
        None
    }

    pub fn stack_bottom() -> usize {
        (&raw const super::STACK).expose_provenance()
    }

    /// Where the stack ends at present, in the function that this is inlined into.
    #[inline(always)]
    pub fn stack_pointer() -> usize {
        let pointer;
        // SAFETY: only a register is read.
        unsafe { asm!("mv {}, sp", out(reg) pointer, options(nomem, nostack, preserves_flags)) };
        pointer
    }
}
