//! Closures and futures in boxes. What Leptos and wasm-bindgen make of one of them is compiled once for every type they are
//! given, and every closure is a type of its own: boxed, all that return the same are one type.

use leptos::prelude::*;

/// What `read` gives, told on only when it changes.
pub(crate) fn memo<T>(read: impl Fn() -> T + Send + Sync + 'static) -> Memo<T>
where
    T: PartialEq + Send + Sync + 'static,
{
    let read: Box<dyn Fn() -> T + Send + Sync> = Box::new(read);
    Memo::new(move |_| read())
}

/// Does something now, and again whenever a signal changes that it read.
pub(crate) fn effect(run: impl Fn() + 'static) {
    let run: Box<dyn Fn()> = Box::new(run);
    Effect::new(move |_| run());
}

/// A handler of events.
pub(crate) fn on<E>(handler: impl FnMut(E) + 'static) -> Box<dyn FnMut(E)> {
    Box::new(handler)
}

/// Lets a future run by itself.
pub(crate) fn spawn(future: impl Future<Output = ()> + 'static) {
    let future: std::pin::Pin<Box<dyn Future<Output = ()>>> = Box::pin(future);
    wasm_bindgen_futures::spawn_local(future);
}
