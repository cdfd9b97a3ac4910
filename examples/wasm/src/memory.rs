//! The heap of the module, and what becomes of a panic.

/// It costs 2 KB less than the allocator that `std` would bring, and gives back what is freed.
#[global_allocator]
static HEAP: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// jose-core has no panic that input can reach. Whatever else panics ends in a `RuntimeError` of
/// JavaScript, without a text.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
