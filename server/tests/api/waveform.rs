//! The picture of a recording.

use reqwest::{Method, StatusCode, header};

use crate::harness::Setup;
use crate::recording::{call_that_is_over, is_ready, soon, wav};
use crate::telnyx::Telnyx;

/// Two seconds of two channels at 8 kHz: the first is loud in the first second, the other in the second.
fn dialogue() -> Vec<u8> {
    let mut file = wav();
    file.truncate(44);
    for frame in 0..16_000_u32 {
        let loud = if frame.is_multiple_of(2) { 12_000_i16 } else { -12_000 };
        let pair = if frame < 8_000 { [loud, 0] } else { [0, loud] };
        file.extend(pair.iter().flat_map(|sample| sample.to_le_bytes()));
    }
    file[40..44].copy_from_slice(&64_000_u32.to_le_bytes());
    file
}

#[tokio::test]
async fn a_recording_is_drawn_as_loud_as_it_is_and_once() {
    let telnyx = Telnyx::start().await;
    telnyx.script().audio = dialogue();
    telnyx.script().recordings.push(("rec-1".to_owned(), "session-a".to_owned()));
    let server = soon(Setup::demo(&telnyx)).start().await;
    let browser = server.demo_agent().await;
    let id = call_that_is_over(&server, &browser, "a").await;
    let path = format!("/api/calls/{id}/waveform");
    assert_eq!(browser.get(&path).await.status(), StatusCode::NOT_FOUND, "not before it is there");
    browser.waits_for(&id, |row| is_ready(&row.recording)).await;

    // What is drawn is what was computed when the copy was made: the file is not asked any more.
    std::fs::remove_file(server.folder.0.join(format!("recordings/{id}.wav"))).unwrap();
    let answer = browser.get(&path).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "image/svg+xml");
    let tag = answer.headers()[header::ETAG].clone();
    let drawn = answer.text().await.unwrap();
    // The upper lane is full until the middle and then silent; the lower one the other way round.
    for part in
        ["M0 1h1v31", "M119 1h1v31", "M120 16h1v1", "M0 48h1v1", "M119 48h1v1", "M120 33h1v31"]
    {
        assert!(drawn.contains(part), "{part}: {drawn}");
    }
    let again = browser.request(Method::GET, &path).header(header::IF_NONE_MATCH, tag);
    assert_eq!(again.send().await.unwrap().status(), StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn what_a_browser_may_play_and_we_cannot_decode_is_not_drawn() {
    let telnyx = Telnyx::start().await;
    // It begins like MPEG audio.
    telnyx.script().audio = [vec![0xff, 0xfb], vec![0; 5_000]].concat();
    telnyx.script().recordings.push(("rec-1".to_owned(), "session-a".to_owned()));
    let server = soon(Setup::demo(&telnyx)).start().await;
    let browser = server.demo_agent().await;
    let id = call_that_is_over(&server, &browser, "a").await;
    browser.waits_for(&id, |row| is_ready(&row.recording)).await;
    let asked = async |what: &str| browser.get(&format!("/api/calls/{id}/{what}")).await.status();
    assert_eq!(asked("recording").await, StatusCode::OK);
    assert_eq!(asked("waveform").await, StatusCode::NOT_FOUND);
}
