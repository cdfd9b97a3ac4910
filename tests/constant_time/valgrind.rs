//! The requests of memcheck's that are needed here (valgrind.h and memcheck.h, "client requests").
//!
//! `crabgrind` has them too, and needs libclang or more of valgrind's headers than Debian installs.

#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
compile_error!("the request is written for x86-64 and Linux");

use std::arch::asm;

const RUNNING_ON_VALGRIND: usize = 0x1001;
const MEMCHECK: usize = 0x4d43_0000; // 'M', 'C'
const MAKE_MEM_UNDEFINED: usize = MEMCHECK + 1;
const GET_VBITS: usize = MEMCHECK + 8;
const SET_VBITS: usize = MEMCHECK + 9;

/// Outside valgrind this does nothing, and gives 0.
fn request(request: usize, first: usize, second: usize, third: usize) -> usize {
    let arguments = [request, first, second, third, 0, 0];
    let result: usize;
    // SAFETY: the rotations add up to 128 bits and the exchange is of a register with itself, so that
    // the processor changes nothing but flags. Valgrind reads the six words at rax and writes rdx.
    unsafe {
        asm!(
            "rol rdi, 3", "rol rdi, 13", "rol rdi, 61", "rol rdi, 51", "xchg rbx, rbx",
            in("rax") &arguments,
            inout("rdx") 0_usize => result,
        );
    }
    result
}

pub fn is_running() -> bool {
    request(RUNNING_ON_VALGRIND, 0, 0, 0) != 0
}

/// From here on memcheck reports each branch and each address that depends on these octets.
pub fn make_secret(octets: &[u8]) {
    request(MAKE_MEM_UNDEFINED, octets.as_ptr().addr(), octets.len(), 0);
}

/// The same for the bits of each octet that `mask` has.
pub fn make_low_bits_secret(octets: &[u8], mask: u8) {
    let undefined = vec![mask; octets.len()];
    request(SET_VBITS, octets.as_ptr().addr(), undefined.as_ptr().addr(), octets.len());
}

/// Whether any bit of the value depends on a secret.
pub fn depends_on_secret<T>(value: &T) -> bool {
    let mut undefined = vec![0_u8; size_of::<T>()];
    let done =
        request(GET_VBITS, std::ptr::from_ref(value).addr(), undefined.as_mut_ptr().addr(), size_of::<T>());
    // What the request writes, the compiler does not see.
    done == 1 && std::hint::black_box(undefined).iter().any(|bits| *bits != 0)
}
