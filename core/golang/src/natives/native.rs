//! The natives of `internal/native` about goroutines, memory, time and the process.

use super::{Call, Completion, Flow, Native, Outcome};
use crate::vm::{LastAct, Trap};
use machine::{Errno, Signal};
use std::rc::Rc;

/// The table.
pub const TABLE: &[(&str, Native)] = &[
    ("internal/native.Self", |call| {
        let id = call.goroutine.id;
        call.give(id);
        Ok(Flow::Done)
    }),
    ("internal/native.Park", |call| {
        let reason = call.owned();
        Ok(Flow::Park(Rc::from(reason)))
    }),
    ("internal/native.Ready", ready),
    ("internal/native.Gosched", |_| Ok(Flow::Yield)),
    ("internal/native.Goexit", |_| Err(Trap::Goexit)),
    ("internal/native.NumGoroutine", |call| {
        let count = call.vm.scheduler.count();
        call.give(count as u64);
        Ok(Flow::Done)
    }),
    ("internal/native.Fatal", |call| {
        Err(Trap::Fatal(call.owned()))
    }),
    ("internal/native.Stack", stack),
    ("internal/native.Caller", caller),
    ("internal/native.Finalizer", |call| {
        let (object, (_, closure)) = (call.iface(), call.iface());
        call.vm.unwatch(0, object.1);
        if closure != 0 {
            let last_act = LastAct::Finalizer(closure, object);
            call.vm.watch(object.1, last_act);
        }
        Ok(Flow::Done)
    }),
    ("internal/native.Cleanup", |call| {
        let (object, closure) = (call.word(), call.word());
        let id = call.vm.watch(object, LastAct::Cleanup(closure));
        call.give(id);
        Ok(Flow::Done)
    }),
    ("internal/native.Forget", |call| {
        let (object, word) = (call.word(), call.word());
        call.vm.watch(object, LastAct::Forget(word));
        Ok(Flow::Done)
    }),
    ("internal/native.StopCleanup", |call| {
        let id = call.word();
        call.vm.unwatch(id, 0);
        Ok(Flow::Done)
    }),
    ("internal/native.GC", |call| {
        // Nothing that calls left behind above this one is in use.
        call.forget_above();
        call.vm.collect(Some(call.goroutine));
        Ok(Flow::Done)
    }),
    ("internal/native.MemStats", |call| {
        let heap = &call.vm.heap;
        let values = [heap.live(), heap.total, heap.mallocs, heap.collections];
        for value in values {
            call.give(value);
        }
        Ok(Flow::Done)
    }),
    ("internal/native.Random", |call| {
        let random = call.vm.world.random().next_u64();
        call.give(random);
        Ok(Flow::Done)
    }),
    ("internal/native.Now", |call| {
        let now = call.vm.world.now();
        call.give(now);
        Ok(Flow::Done)
    }),
    ("internal/native.Mono", |call| {
        let now = call.vm.world.now() - call.vm.world.started();
        call.give(now);
        Ok(Flow::Done)
    }),
    ("internal/native.Sleep", sleep),
    ("internal/native.StartTimer", start_timer),
    ("internal/native.StopTimer", |call| {
        let number = call.word();
        let stopped = call.vm.scheduler.stop_timer(number);
        call.give_bool(stopped);
        Ok(Flow::Done)
    }),
    ("internal/native.Exit", |call| {
        Err(Trap::Exit(call.int() as i32 & 255))
    }),
    ("internal/native.Args", |call| {
        let arguments = call.vm.world.process.arguments().to_vec();
        call.give_strings(&arguments)?;
        Ok(Flow::Done)
    }),
    ("internal/native.Environ", |call| {
        let environment = call.vm.world.process.environment();
        let lines: Vec<String> = environment
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        call.give_strings(&lines)?;
        Ok(Flow::Done)
    }),
    ("internal/native.Hostname", |call| {
        let name = call.vm.world.process.hostname();
        call.give_string(name.as_bytes())?;
        call.give(0);
        Ok(Flow::Done)
    }),
    ("internal/native.Getpid", |call| {
        let pid = call.vm.world.process.pid();
        call.give(u64::from(pid));
        Ok(Flow::Done)
    }),
    ("internal/native.Getppid", |call| {
        let pid = call.vm.world.process.pid();
        let parent = match pid {
            1 => 0,
            _ => call.vm.world.process.parent(),
        };
        call.give(u64::from(parent));
        Ok(Flow::Done)
    }),
    ("internal/native.Getuid", |call| {
        let (user, _) = call.vm.world.process.user();
        call.give(u64::from(user));
        Ok(Flow::Done)
    }),
    ("internal/native.Getgid", |call| {
        let (_, group) = call.vm.world.process.user();
        call.give(u64::from(group));
        Ok(Flow::Done)
    }),
    ("internal/native.FuncName", func_name),
    ("internal/native.Kill", kill),
    ("internal/native.flush", flush),
    ("runtime.Version", |call| {
        let (major, minor) = call.vm.image.version();
        let suffix = if (major, minor) == (1, 26) { ".6" } else { "" };
        call.give_string(format!("go{major}.{minor}{suffix}").as_bytes())?;
        Ok(Flow::Done)
    }),
];

/// The number of an error, 0 for none.
pub(super) fn errno<T>(result: &Result<T, Errno>) -> u64 {
    result
        .as_ref()
        .err()
        .map_or(0, |errno| errno.number() as u64)
}

fn ready(call: &mut Call<'_>) -> Outcome {
    let id = call.word();
    call.vm.scheduler.ready_by_id(id, call.goroutine);
    Ok(Flow::Done)
}

fn stack(call: &mut Call<'_>) -> Outcome {
    let all = call.bool();
    let mut text = call.vm.trace(call.goroutine, "running");
    if all {
        let others = call.vm.traces_of_others();
        text.push_str(&others);
    }
    call.give_string(text.as_bytes())?;
    Ok(Flow::Done)
}

fn caller(call: &mut Call<'_>) -> Outcome {
    let skip = call.int().clamp(0, 1 << 20) as usize;
    // The last frame is that of Caller's own caller: the native has none.
    let frames = call.goroutine.frames.iter().rev();
    let frame = frames
        .filter(|frame| !frame.function.hidden && &*frame.function.name != "internal/native.Caller")
        .nth(skip);
    let Some(frame) = frame else {
        call.give_string(b"")?;
        call.give_string(b"")?;
        call.give(0);
        call.give(0);
        return Ok(Flow::Done);
    };
    let name = Rc::clone(&frame.function.name);
    let (file, line) = call.vm.place_parts(&frame.function, frame.pc);
    call.give_string(name.as_bytes())?;
    call.give_string(file.as_bytes())?;
    call.give(u64::from(line));
    call.give(1);
    Ok(Flow::Done)
}

fn sleep(call: &mut Call<'_>) -> Outcome {
    let nanos = call.int();
    if nanos <= 0 {
        return Ok(Flow::Yield);
    }
    let when = call.vm.world.now().saturating_add(nanos as u64);
    // The ticket that the goroutine will have when it waits.
    let ticket = call.goroutine.ticket + 1;
    call.goroutine.permit = false;
    call.vm.scheduler.sleep_until(when, ticket);
    Ok(Flow::Park(Rc::from("sleep")))
}

fn start_timer(call: &mut Call<'_>) -> Outcome {
    let (when, closure) = (call.int().max(0) as u64, call.word());
    let when = call.vm.world.started().saturating_add(when);
    let number = call.vm.scheduler.add_timer(when, closure);
    call.give(number);
    Ok(Flow::Done)
}

fn func_name(call: &mut Call<'_>) -> Outcome {
    let (_, closure) = call.iface();
    let index = call.vm.heap.load(closure).unwrap_or(u64::MAX);
    let name = match call.vm.function(index as u32) {
        Ok(function) => function.name.to_string(),
        Err(_) => String::new(),
    };
    call.give_string(name.as_bytes())?;
    Ok(Flow::Done)
}

fn kill(call: &mut Call<'_>) -> Outcome {
    let (pid, number) = (call.int(), call.int());
    let result = match (u32::try_from(pid), Signal::from_number(number as i32)) {
        (Ok(pid), Some(signal)) => call.vm.world.process.kill(pid, signal),
        (_, None) => Err(Errno::EINVAL),
        _ => Err(Errno::ESRCH),
    };
    call.give(errno(&result));
    // The signal arrives before the next turn.
    call.vm.fuel = 0;
    Ok(Flow::Done)
}

/// Writes what `print` collected to standard error.
fn flush(call: &mut Call<'_>) -> Outcome {
    let text = std::mem::take(&mut call.vm.last_words);
    let process = call.vm.world.process.clone();
    let future = Box::pin(async move {
        process.write(2, text.as_bytes()).await.ok();
        Box::new(|_: &mut Call<'_>| Ok(())) as Completion
    });
    Ok(Flow::Wait(future, "IO wait"))
}
