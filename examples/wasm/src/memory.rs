//! The heap of the module, and what becomes of a panic.

#[global_allocator]
static HEAP: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

/// jose-core has no panic that input can reach. Whatever else panics ends in a `RuntimeError`, and
/// without texts, which no one would read.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
