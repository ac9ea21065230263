//! Tests of the shell between page and core, run in a real browser against the page's own frame.

use std::cell::Cell;
use std::rc::Rc;

use leptos::mount::mount_to;
use leptos::prelude::*;
use lesson::{Action, Archive, Lesson};
use picture::{Container, Node, Picture, Pod};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{HtmlElement, HtmlInputElement, KeyboardEvent, KeyboardEventInit};

use crate::page::{Page, Speed};
use crate::{frame, storage, views};

wasm_bindgen_test_configure!(run_in_browser);

const LESSON: &str = "-- lesson.md --
---
title: Testing
steps:
  - 1.md
  - 2.md
files:
  - hello.go
---
-- 1.md --
# First
Run `ls`{run} & see <hello.go>.

```go {write hello.go}
package changed
```
-- 2.md --
# Second
-- files/hello.go --
package main
";

/// The page's own frame, with an editor that does nothing.
fn new_page() -> Page {
    let html = include_str!("../../index.html");
    let body = html.split("<body>").nth(1).unwrap_or_default();
    let body = body.split("</body>").next().unwrap_or_default();
    let place = document().create_element("div").unwrap();
    place.set_inner_html(body);
    // The test runner's own report is in the document too.
    if let Some(former) = document().get_element_by_id("page") {
        former.remove();
    }
    place.set_id("page");
    document().body().unwrap().append_child(&place).unwrap();
    js_sys::eval(
        "globalThis.drydock = { createEditor: () => ({ open() {}, replace() {}, mark() {}, focus() {} }) }",
    )
    .unwrap();
    let page = Rc::new(Cell::new(None));
    let made = Rc::clone(&page);
    let lesson = Lesson::parse(&Archive::parse(LESSON)).unwrap();
    mount_to(place.unchecked_into(), move || {
        let page = Page::new(lesson).unwrap();
        views::fill(page);
        frame::start(page);
        made.set(Some(page));
    })
    .forget();
    page.get().unwrap()
}

fn fresh_page() -> Page {
    for key in storage::keys("") {
        storage::remove(&key);
    }
    new_page()
}

/// Waits until frames have passed.
async fn frames() {
    for _ in 0..3 {
        let frame = js_sys::Promise::new(&mut |resolve, _| {
            window().request_animation_frame(&resolve).unwrap();
        });
        wasm_bindgen_futures::JsFuture::from(frame).await.unwrap();
    }
}

fn element(id: &str) -> HtmlElement {
    document().get_element_by_id(id).unwrap().unchecked_into()
}

fn click(selector: &str) {
    let found = document().query_selector(selector).unwrap().unwrap();
    found.unchecked_into::<HtmlElement>().click();
}

fn press(key: &str, control: bool) {
    let options = KeyboardEventInit::new();
    options.set_key(key);
    options.set_ctrl_key(control);
    options.set_bubbles(true);
    options.set_cancelable(true);
    let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &options).unwrap();
    element("typed").dispatch_event(&event).unwrap();
}

fn type_line(line: &str) {
    element("typed")
        .unchecked_into::<HtmlInputElement>()
        .set_value(line);
    press("Enter", false);
}

fn screen() -> String {
    element("screen").text_content().unwrap()
}

#[wasm_bindgen_test]
async fn a_typed_line_is_answered() {
    fresh_page();
    type_line("nosuch");
    frames().await;
    assert!(
        screen().contains("nosuch: command not found"),
        "{}",
        screen()
    );
}

#[wasm_bindgen_test]
async fn the_arrow_keys_fetch_lines_back() {
    fresh_page();
    type_line("first");
    type_line("second");
    let value = || {
        element("typed")
            .unchecked_into::<HtmlInputElement>()
            .value()
    };
    press("ArrowUp", false);
    assert_eq!(value(), "second");
    press("ArrowUp", false);
    press("ArrowUp", false);
    assert_eq!(value(), "first");
    press("ArrowDown", false);
    press("ArrowDown", false);
    assert_eq!(value(), "");
}

#[wasm_bindgen_test]
async fn ctrl_c_gives_the_line_up() {
    fresh_page();
    element("typed")
        .unchecked_into::<HtmlInputElement>()
        .set_value("half a li");
    press("c", true);
    frames().await;
    assert!(screen().contains("half a li^C"), "{}", screen());
}

#[wasm_bindgen_test]
async fn a_step_of_the_lesson_is_text_and_buttons() {
    fresh_page();
    frames().await;
    let text = element("lesson-text");
    assert_eq!(
        text.inner_html().split("<div").next().unwrap(),
        "<h3>First</h3><p>Run <button class=\"touch\" data-run=\"ls\" title=\"Run this in the terminal\"><code>ls</code></button> &amp; see &lt;hello.go&gt;.</p>"
    );
    click("[data-turn=next]");
    frames().await;
    assert_eq!(text.text_content().unwrap(), "Second");
    assert_eq!(element("lesson-count").text_content().unwrap(), "2 of 2");
}

#[wasm_bindgen_test]
async fn a_click_in_the_lesson_writes_a_file_that_a_reload_keeps() {
    let page = fresh_page();
    frames().await;
    click("[data-write]");
    let read = |page: Page| {
        page.computer
            .with_value(|computer| computer.read("hello.go"))
    };
    assert_eq!(read(page).as_deref(), Some("package changed\n"));
    assert_eq!(read(new_page()).as_deref(), Some("package changed\n"));
    page.act(&Action::Write {
        file: "new.txt".to_owned(),
        text: "x".to_owned(),
    });
    assert!(page.files.get_untracked().contains(&"new.txt".to_owned()));
}

#[wasm_bindgen_test]
async fn a_click_types_a_command() {
    fresh_page();
    frames().await;
    click("[data-run=ls]");
    frames().await;
    assert!(screen().contains("$ ls"), "{}", screen());
}

#[wasm_bindgen_test]
async fn paused_time_stands_still() {
    let page = fresh_page();
    page.speed.set(Speed::Paused);
    frames().await;
    let before = page.computer.with_value(|computer| computer.now());
    frames().await;
    assert_eq!(page.computer.with_value(|computer| computer.now()), before);
    assert!(
        element("hint")
            .text_content()
            .unwrap()
            .contains("Time stands still")
    );
}

#[wasm_bindgen_test]
async fn a_pod_keeps_its_card_while_it_changes() {
    let page = fresh_page();
    page.speed.set(Speed::Paused);
    frames().await;
    page.picture.set(picture("Running", true));
    frames().await;
    let card = document().query_selector(".pod").unwrap().unwrap();
    assert_eq!(card.class_name(), "pod good");
    let stop = card
        .query_selector("[data-run^='docker stop']")
        .unwrap()
        .unwrap();
    assert_eq!(
        stop.get_attribute("data-run").unwrap(),
        "docker stop 0123456789ab"
    );
    page.picture.set(picture("CrashLoopBackOff", false));
    frames().await;
    assert_eq!(document().query_selector(".pod").unwrap().unwrap(), card);
    assert_eq!(card.class_name(), "pod bad");
    page.picture.set(Picture::default());
    frames().await;
    assert!(document().query_selector(".pod").unwrap().is_none());
}

fn picture(status: &str, running: bool) -> Picture {
    let container = Container {
        name: "hello".to_owned(),
        image: "hello:latest".to_owned(),
        id: "0123456789ab".to_owned(),
        state: status.to_owned(),
        running,
    };
    let pod = Pod {
        uid: "1".to_owned(),
        name: "hello-pod".to_owned(),
        status: status.to_owned(),
        containers: vec![container],
        ..Pod::default()
    };
    let node = Node {
        name: "node".to_owned(),
        ready: true,
        pods: vec![pod],
    };
    Picture {
        nodes: vec![node],
        ..Picture::default()
    }
}
