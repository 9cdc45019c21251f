//! Keeps what is said off the record, where the recorder is the server's to pause.

use call::history::Recording;
use leptos::prelude::*;

use super::call::living;
use super::controls::said;
use super::icon::{Icon, icon};
use crate::boxed::{memo, on, spawn};
use crate::shell::Shell;

#[component]
pub(super) fn OffRecord(shell: Shell) -> impl IntoView {
    let words = shell.words;
    // The call on screen and whether it is off the record; nothing where it is not for us to say.
    let is = memo(move || {
        let id = shell.phone.with(|phone| Some(living(phone.screen())?.0.id.clone()))?;
        let row = shell.ledger.with(|ledger| {
            ledger.row(&id).map(|row| (row.pausable, row.recording == Recording::Paused))
        });
        let (pausable, paused) = row?;
        pausable.then_some((id, paused))
    });
    let offered = memo(move || is.with(Option::is_some));
    // What was asked for: a row says whether it is so.
    let asked = RwSignal::new(None);
    let failed = RwSignal::new(false);
    let paused = move || is.with(|is| is.as_ref().is_some_and(|(_, paused)| *paused));
    let busy = move || {
        let (is, asked) = (is.get(), asked.get());
        is.zip(asked).is_some_and(|((id, is), (of, asked))| id == of && is != asked)
    };
    let press = move |_: web_sys::MouseEvent| {
        let Some((id, paused)) = is.get_untracked() else { return };
        asked.set(Some((id.clone(), !paused)));
        failed.set(false);
        spawn(async move {
            if !shell.off_record(&id, !paused).await {
                asked.set(None);
                failed.set(true);
            }
        });
    };
    move || {
        offered.get().then(|| {
            view! {
                <button
                    class="control"
                    type="button"
                    aria-pressed=move || said(paused())
                    aria-busy=move || busy().then_some("true")
                    on:click=on(press)
                >
                    {icon(Icon::Pause)}
                    {words.off_record}
                </button>
                {move || failed.get().then(|| view! {
                    <p class="problem" role="alert">{words.off_record_failed}</p>
                }.into_any())}
            }
            .into_any()
        })
    }
}
