//! A Cortex-M on one of QEMU's mps2 boards. Semihosting (a breakpoint that the debugger, here QEMU,
//! answers) is its console and its way to exit.

use core::arch::{asm, global_asm};

// Needed where floating-point registers may be used: from the first function on.
#[cfg(target_abi = "eabihf")]
macro_rules! enable_fpu {
    () => {
        "ldr r0, =0xe000ed88
         ldr r1, =0x00f00000
         str r1, [r0]
         dsb
         isb"
    };
}
#[cfg(not(target_abi = "eabihf"))]
macro_rules! enable_fpu {
    () => {
        ""
    };
}

// The vector table, without interrupts of the board; then what runs first: it copies `.data` out of
// flash, clears `.bss` and calls `main`. See cortex-m.ld for the symbols.
global_asm!(
    ".section .vectors, \"a\"
     .word stack_top
     .word reset
     .rept 14
     .word fault
     .endr

     .section .text.reset, \"ax\"
     .global reset
     .type reset, %function
     .thumb_func
     reset:",
    enable_fpu!(),
    "    ldr r0, =data_start
         ldr r1, =data_end
         ldr r2, =data_source
     1:  cmp r0, r1
         beq 2f
         ldr r3, [r2]
         str r3, [r0]
         adds r0, #4
         adds r2, #4
         b 1b
     2:  ldr r0, =bss_start
         ldr r1, =bss_end
         movs r2, #0
     3:  cmp r0, r1
         beq 4f
         str r2, [r0]
         adds r0, #4
         b 3b
     4:  bl {main}
         .pool

     .type fault, %function
     .thumb_func
     fault:
         movs r0, #102
         bl {exit}",
    main = sym super::main,
    exit = sym exit,
);

/// Has the debugger do something.
///
/// # Safety
///
/// `argument` must be what the operation asks for.
unsafe fn semihosting(operation: usize, argument: *const usize) {
    // SAFETY: the operation changes `r0`; it keeps to what its argument points to, says the caller.
    unsafe { asm!("bkpt 0xab", inout("r0") operation => _, in("r1") argument, options(nostack)) };
}

/// Ends the program with this status.
pub extern "C" fn exit(status: u8) -> ! {
    const SYS_EXIT_EXTENDED: usize = 0x20;
    const APPLICATION_EXIT: usize = 0x20026;
    let reason = [APPLICATION_EXIT, usize::from(status)];
    loop {
        // SAFETY: the operation takes two words, the reason and the status.
        unsafe { semihosting(SYS_EXIT_EXTENDED, reason.as_ptr()) };
    }
}

#[cfg(feature = "print")]
pub use self::reporting::{instructions, stack_bottom, stack_pointer, write};

#[cfg(feature = "print")]
mod reporting {
    use core::arch::asm;
    use core::ptr;

    /// Writes to the debugger's console.
    pub fn write(text: &[u8]) {
        const SYS_WRITEC: usize = 0x03;
        for byte in text {
            // SAFETY: the operation takes the address of one byte.
            unsafe { super::semihosting(SYS_WRITEC, ptr::from_ref(byte).cast()) };
        }
    }

    /// Instructions since the first call. QEMU's option `-icount shift=5` gives each of them 32 ns,
    /// and the board has a timer of 25 MHz: 1.25 instructions a tick.
    pub fn instructions() -> Option<u32> {
        const TIMER: usize = 0x4000_0000;
        let register = |index: usize| ptr::with_exposed_provenance_mut::<u32>(TIMER + 4 * index);
        let (control, value, reload) = (register(0), register(1), register(2));
        // SAFETY: these are the registers of the board's first timer (CMSDK APB timer), which
        // nothing else in this program uses. Enabled, it counts down.
        let ticks = unsafe {
            if control.read_volatile() == 0 {
                reload.write_volatile(u32::MAX);
                value.write_volatile(u32::MAX);
                control.write_volatile(1);
            }
            u32::MAX - value.read_volatile()
        };
        Some(ticks + ticks / 4)
    }

    pub fn stack_bottom() -> usize {
        unsafe extern "C" {
            #[link_name = "stack_bottom"]
            static STACK_BOTTOM: u32;
        }
        (&raw const STACK_BOTTOM).expose_provenance()
    }

    /// Where the stack ends at present, in the function that this is inlined into.
    #[inline(always)]
    pub fn stack_pointer() -> usize {
        let pointer;
        // SAFETY: only a register is read.
        unsafe { asm!("mov {}, sp", out(reg) pointer, options(nomem, nostack, preserves_flags)) };
        pointer
    }
}
