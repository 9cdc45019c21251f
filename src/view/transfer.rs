//! Handing the far end on to somebody else, where our server puts calls through. How far that is, the row says.

use call::call::Route;
use call::cause::{Cause, Outcome, Side};
use call::history::{How, Row, Transfer, TransferStage};
use call::number::Number;
use call::phone::Refusal;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::call::{living, name_of};
use super::controls::said;
use super::focus::focus_on;
use super::icon::{Icon, icon};
use super::notes::Note;
use crate::backend::Failure;
use crate::boxed::{memo, on, spawn};
use crate::shell::{Handing, Shell};
use crate::words::Words;

/// The newest transfer of the call on screen.
pub(super) fn transfer_on_screen(shell: Shell) -> Memo<Option<Transfer>> {
    memo(move || {
        let id = shell.phone.with(|phone| Some(living(phone.screen())?.0.id.clone()))?;
        shell.ledger.with(|ledger| ledger.row(&id).and_then(|row| row.transfer.clone()))
    })
}

/// Whom the agent speaks with, if that is the third party.
pub(super) fn third(transfer: &Transfer) -> Option<String> {
    (transfer.stage == TransferStage::Consulting).then(|| transfer.to.pretty())
}

/// What is to be said of a transfer while the call goes on; `far` is the far end.
pub(super) fn note(transfer: &Transfer, far: &str, words: &'static Words) -> Option<Note> {
    let to = transfer.to.pretty();
    match &transfer.stage {
        TransferStage::Calling if transfer.how == How::Blind => {
            Some(Note::quiet((words.transferred)(&to)))
        }
        TransferStage::Calling => Some(Note::quiet((words.calling_third)(far, &to))),
        TransferStage::Consulting if transfer.left => Some(Note::attention((words.far_left)(far))),
        TransferStage::Consulting => Some(Note::quiet((words.far_waits)(far))),
        TransferStage::Done => Some(Note::quiet((words.transferred)(&to))),
        TransferStage::Failed { .. } => Some(Note::attention(failed(transfer, words)?)),
        TransferStage::Cancelled => None,
    }
}

/// Why the third party was not reached, or did not stay.
fn failed(transfer: &Transfer, words: &'static Words) -> Option<String> {
    let TransferStage::Failed { cause } = &transfer.stage else { return None };
    // They may have come, and gone again.
    let talked = *cause == Cause::Normal;
    let outcome = if talked { Outcome::Answered } else { Outcome::unanswered(cause, Side::Them) };
    let why = (words.ended)(outcome, Side::Them);
    Some([&*(words.not_transferred)(&transfer.to.pretty()), why].concat())
}

/// How a call ended here that the agent has handed over, or wanted to.
pub(super) fn ending(row: &Row, words: &'static Words) -> Option<String> {
    let transfer = row.transfer.as_ref()?;
    if transfer.is_handed_over() {
        return Some((words.transferred)(&transfer.to.pretty()));
    }
    failed(transfer, words).filter(|_| transfer.how == How::Blind)
}

/// Whether the call on screen is one that can be transferred now.
fn offered(shell: Shell) -> Memo<bool> {
    let transfer = transfer_on_screen(shell);
    memo(move || {
        let talks = shell.phone.with(|phone| {
            living(phone.screen())
                .is_some_and(|(call, _, talking)| call.route != Route::Direct && talking.is_some())
        });
        let free = transfer.with(|transfer| match transfer.as_ref().map(|known| &known.stage) {
            None | Some(TransferStage::Failed { .. } | TransferStage::Cancelled) => true,
            Some(TransferStage::Calling | TransferStage::Consulting | TransferStage::Done) => false,
        });
        talks && free
    })
}

#[component]
pub(super) fn TransferButton(shell: Shell, open: RwSignal<bool>) -> impl IntoView {
    let offered = offered(shell);
    move || {
        offered.get().then(|| {
            view! {
                <button
                    class="control"
                    type="button"
                    aria-expanded=move || said(open.get())
                    on:click=on(move |_| open.update(|open| *open = !*open))
                >
                    {icon(Icon::Outgoing)}
                    {shell.words.transfer}
                </button>
            }
            .into_any()
        })
    }
}

/// What one asks of a transfer, and what came of asking.
#[derive(Clone, Copy)]
struct Asking {
    shell: Shell,
    open: RwSignal<bool>,
    transfer: Memo<Option<Transfer>>,
    problem: RwSignal<Option<&'static str>>,
    /// How the transfer was when something was asked that is neither done nor refused yet: another row puts an end to it.
    asked: RwSignal<Option<Was>>,
}

/// The transfer there was, if any.
#[derive(Clone, PartialEq)]
struct Was(Option<Transfer>);

impl Asking {
    fn ask(self, what: Handing) {
        let Self { shell, open, transfer, problem, asked } = self;
        let id = shell.phone.with_untracked(|phone| Some(living(phone.screen())?.0.id.clone()));
        let Some(id) = id else { return };
        asked.set(Some(Was(transfer.get_untracked())));
        problem.set(None);
        spawn(async move {
            match shell.transfer(&id, what).await {
                Ok(()) => open.set(false),
                Err(failure) => {
                    asked.set(None);
                    problem.set(Some((shell.words.refusal)(match failure {
                        Failure::Unreachable => Refusal::ServerUnreachable,
                        Failure::Refused(code) => Refusal::Server(code),
                    })));
                }
            }
        });
    }

    fn button(self, label: String, press: impl Fn() + 'static) -> AnyView {
        let busy = move || {
            self.asked
                .with(|asked| asked.as_ref().is_some_and(|Was(was)| *was == self.transfer.get()))
                .then_some("true")
        };
        view! {
            <button class="control" type="button" aria-busy=busy on:click=on(move |_| press())>
                {label}
            </button>
        }
        .into_any()
    }

    fn form(self) -> AnyView {
        let words = self.shell.words;
        let field = NodeRef::<leptos::html::Input>::new();
        focus_on(field);
        let begin = move |how: How| {
            let written = field.get_untracked().map(|field| field.value()).unwrap_or_default();
            match Number::parse(&written) {
                Ok(to) => self.ask(Handing::To(to, how)),
                Err(why) => self.problem.set(Some((words.not_a_number)(why))),
            }
        };
        view! {
            <form
                class="call__transfer"
                novalidate=true
                aria-label=words.transfer
                on:submit=on(move |event: SubmitEvent| event.prevent_default())
                // Digits typed here are of a number, not tones.
                on:keydown=on(move |event: web_sys::KeyboardEvent| event.stop_propagation())
            >
                <input
                    node_ref=field
                    class="dialer__number"
                    type="tel"
                    autocomplete="off"
                    aria-label=words.transfer_to
                    aria-invalid=move || self.problem.get().map(|_| "true")
                    placeholder=words.number_hint
                />
                <div class="call__controls">
                    {self.button(words.transfer_now.to_owned(), move || begin(How::Blind))}
                    {self.button(words.ask_first.to_owned(), move || begin(How::Attended))}
                </div>
            </form>
        }
        .into_any()
    }

    /// What can be done about a transfer that is under way.
    fn steps(self) -> Option<AnyView> {
        let words = self.shell.words;
        let known = self.transfer.get()?;
        let far = self
            .shell
            .phone
            .with(|phone| living(phone.screen()).map(|(call, ..)| name_of(&call.with, words)))?;
        let back = || self.button((words.back_to)(&far), move || self.ask(Handing::Cancel));
        let buttons = match (&known.stage, known.how, known.left) {
            (TransferStage::Calling, How::Attended, _) => vec![back()],
            (TransferStage::Consulting, _, false) => {
                let join = move || self.ask(Handing::Join);
                vec![self.button(words.join_them.to_owned(), join), back()]
            }
            (
                TransferStage::Calling
                | TransferStage::Consulting
                | TransferStage::Done
                | TransferStage::Failed { .. }
                | TransferStage::Cancelled,
                ..,
            ) => return None,
        };
        Some(view! { <div class="call__controls">{buttons}</div> }.into_any())
    }
}

#[component]
pub(super) fn TransferTo(shell: Shell, open: RwSignal<bool>) -> impl IntoView {
    let offered = offered(shell);
    let transfer = transfer_on_screen(shell);
    let problem = RwSignal::new(None);
    let asking = Asking { shell, open, transfer, problem, asked: RwSignal::new(None) };
    view! {
        {move || (open.get() && offered.get()).then(|| asking.form())}
        {move || asking.steps()}
        {move || problem.get().map(|problem| view! {
            <p class="problem" role="alert">{problem}</p>
        }.into_any())}
    }
}
