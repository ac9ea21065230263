//! The loop that shows with each frame what has come of the simulation, and gives that the time
//! between frames in slices, so that keys and the browser's own work come in between.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{MessageChannel, MessagePort};

use crate::bridge::now_ms;
use crate::computer::{Computer, Nanoseconds};
use crate::page::{Page, Speed};

/// Real milliseconds of a slice. A key may wait 50, for a slice and for a frame.
const SLICE_MS_MAX: f64 = 8.0;

/// Work units between two looks at the real clock.
const BUDGET: u64 = 5_000;

/// Real milliseconds that one frame makes up for at most; a tab that slept does not race.
const FRAME_MS_MAX: f64 = 250.0;

/// Virtual time that a frame may pass at full speed, so that an idle cluster does not skip hours.
const FAST_FRAME: Nanoseconds = 10_000_000_000;

/// Real milliseconds between two pictures of the cluster: the shortest time, and the longest when
/// the browser takes long to lay out and paint one.
const PICTURE_MS: (f64, f64) = (80.0, 1_000.0);

/// How many times as long as a picture takes the time between two of them is.
const PICTURE_SHARE: f64 = 5.0;

/// Real milliseconds between two looks at the files of the workspace.
const FILES_MS_MIN: f64 = 200.0;

struct Frame {
    last_ms: f64,
    slices: Option<Rc<Slices>>,
    picture_ms: f64,
    /// Real milliseconds that the browser took for the last picture.
    picture_cost_ms: f64,
    /// Whether the frame before this one drew a picture, and how long its simulation took.
    drawn: Option<f64>,
    picture_revision: Option<u64>,
    files_ms: f64,
    files_revision: u64,
}

/// Starts the loop; it ends with the page.
pub fn start(page: Page) {
    let frame = Frame {
        last_ms: now_ms(),
        slices: Slices::new(page),
        picture_ms: 0.0,
        picture_cost_ms: 0.0,
        drawn: None,
        picture_revision: None,
        files_ms: 0.0,
        files_revision: page
            .computer
            .with_value(|computer| computer.files_revision()),
    };
    request(page, Rc::new(RefCell::new(frame)));
}

fn request(page: Page, frame: Rc<RefCell<Frame>>) {
    request_animation_frame(move || {
        if let Ok(mut frame) = frame.try_borrow_mut() {
            frame.pass(page);
        }
        request(page, frame);
    });
}

impl Frame {
    fn pass(&mut self, page: Page) {
        let now = now_ms();
        let elapsed = (now - self.last_ms).clamp(0.0, FRAME_MS_MAX);
        self.last_ms = now;
        let slices_ms = self.slices.as_ref().map(|slices| slices.taken_ms.take());
        if let Some(simulation_ms) = self.drawn.take() {
            self.picture_cost_ms = elapsed - simulation_ms - slices_ms.unwrap_or_default();
        }
        self.run(page, elapsed);
        let simulation_ms = now_ms() - now;
        show_terminal(page);
        let clock = page.computer.with_value(|computer| computer.now()) / 1_000_000_000;
        if page.clock_seconds.get_untracked() != clock {
            page.clock_seconds.set(clock);
        }
        if self.show_picture(page, now) {
            self.drawn = Some(simulation_ms);
        }
        self.look_at_files(page, now);
    }

    /// Lets virtual time pass as the speed says, in a slice now and further ones after the frame.
    fn run(&self, page: Page, elapsed_ms: f64) {
        let elapsed = (elapsed_ms * 1_000_000.0) as Nanoseconds;
        let span = match page.speed.get_untracked() {
            Speed::Paused => return,
            Speed::Real => elapsed,
            Speed::Ten => elapsed * 10,
            Speed::Fast => FAST_FRAME,
        };
        let until = page.computer.with_value(|computer| computer.now()) + span;
        if !slice(page, until)
            && let Some(slices) = &self.slices
        {
            slices.until.set(until);
            slices.ask(page);
        }
    }

    fn look_at_files(&mut self, page: Page, now: f64) {
        if now - self.files_ms < FILES_MS_MIN {
            return;
        }
        self.files_ms = now;
        let revision = page
            .computer
            .with_value(|computer| computer.files_revision());
        if revision != self.files_revision {
            self.files_revision = revision;
            page.follow_files();
        }
    }

    /// Shows the cluster when it has changed and it is time to; says whether it did.
    fn show_picture(&mut self, page: Page, now: f64) -> bool {
        let (shortest, longest) = PICTURE_MS;
        if now - self.picture_ms < (PICTURE_SHARE * self.picture_cost_ms).clamp(shortest, longest) {
            return false;
        }
        let revision = page
            .computer
            .with_value(|computer| computer.picture_revision());
        if self.picture_revision == Some(revision) {
            return false;
        }
        self.picture_revision = Some(revision);
        self.picture_ms = now;
        let picture = page.computer.with_value(|computer| computer.picture());
        let changed = page.picture.with_untracked(|shown| *shown != picture);
        if changed {
            page.picture.set(picture);
        }
        changed
    }
}

/// What the simulation is to reach before the next frame, and the slices on the way there.
struct Slices {
    until: Cell<Nanoseconds>,
    /// A task for the next slice is under way.
    asked: Cell<bool>,
    /// Real milliseconds that slices have taken since the last frame.
    taken_ms: Cell<f64>,
    port: MessagePort,
}

impl Slices {
    /// None in a browser without message channels: it has the frames' own slices.
    fn new(page: Page) -> Option<Rc<Self>> {
        let channel = MessageChannel::new().ok()?;
        let slices = Rc::new(Self {
            until: Cell::new(0),
            asked: Cell::new(false),
            taken_ms: Cell::new(0.0),
            port: channel.port2(),
        });
        let answering = Rc::clone(&slices);
        let answer = Closure::<dyn Fn()>::new(move || {
            answering.asked.set(false);
            if page.speed.get_untracked() == Speed::Paused {
                return;
            }
            let start_ms = now_ms();
            if !slice(page, answering.until.get()) {
                answering.ask(page);
            }
            let taken_ms = answering.taken_ms.get() + now_ms() - start_ms;
            answering.taken_ms.set(taken_ms);
        });
        channel
            .port1()
            .set_onmessage(Some(answer.into_js_value().unchecked_ref()));
        Some(slices)
    }

    /// Asks for one more slice, in a task of its own behind those that wait. What the terminal has
    /// to show comes first: a program that prints without end would fill frames that take long.
    fn ask(&self, page: Page) {
        let has_output = page.computer.with_value(Computer::has_output);
        if !has_output && !self.asked.get() {
            self.asked
                .set(self.port.post_message(&JsValue::NULL).is_ok());
        }
    }
}

/// Lets virtual time pass up to a point, for a slice at most; whether it got there.
fn slice(page: Page, until: Nanoseconds) -> bool {
    let start_ms = now_ms();
    let reached = page.computer.try_update_value(|computer| {
        loop {
            if computer.advance(until, BUDGET) {
                return true;
            }
            if now_ms() - start_ms >= SLICE_MS_MAX {
                return false;
            }
        }
    });
    reached.unwrap_or(true)
}

fn show_terminal(page: Page) {
    let (output, at_prompt) = page
        .computer
        .try_update_value(|computer| (computer.take_output(), computer.at_prompt()))
        .unwrap_or_default();
    page.with_terminal(|terminal| {
        terminal.show(&output);
        if let Some((columns, rows)) = terminal.take_size() {
            page.computer
                .update_value(|computer| computer.resize(columns, rows));
        }
    });
    if page.at_prompt.get_untracked() != at_prompt {
        page.at_prompt.set(at_prompt);
    }
    if at_prompt {
        page.run_waiting();
    }
}
