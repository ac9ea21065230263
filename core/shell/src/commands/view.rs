//! Commands that show a text another way, `ping`, and the editors that this terminal cannot run.

use super::Context;
use machine::{Duration, ExitStatus};
use std::net::Ipv4Addr;

/// `less`, `more`: the whole text, for who scrolls the terminal itself.
pub(super) async fn page(context: Context) -> ExitStatus {
    let operands: Vec<String> = context
        .arguments
        .iter()
        .skip(1)
        .filter(|word| !word.starts_with(['-', '+']) || *word == "-")
        .cloned()
        .collect();
    let (bytes, complete) = context.inputs(&operands).await;
    context.process.write(1, &bytes).await.ok();
    if complete {
        ExitStatus::SUCCESS
    } else {
        ExitStatus::FAILURE
    }
}

/// `vi`, `vim`, `nano`: said in our own words, since a real one would open.
pub(super) async fn editor(context: Context) -> ExitStatus {
    context
        .complain("Drydock has no full-screen editor in the terminal; files are edited beside it, or with sed -i and cat > FILE")
        .await;
    ExitStatus::FAILURE
}

/// `tac`: lines in reverse order.
pub(super) async fn reverse_lines(context: Context) -> ExitStatus {
    let operands = context.arguments.get(1..).unwrap_or_default();
    let (bytes, complete) = context.inputs(operands).await;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let lines: Vec<&str> = text.split_inclusive('\n').rev().collect();
    context.process.print(lines.concat()).await;
    if complete {
        ExitStatus::SUCCESS
    } else {
        ExitStatus::FAILURE
    }
}

/// `nl`: lines that are not empty get numbers.
pub(super) async fn number_lines(context: Context) -> ExitStatus {
    let options = match context.options("b:w:s:", &[]).await {
        Ok(options) => options,
        Err(status) => return status,
    };
    let all = options.value('b') == Some("a");
    let (bytes, complete) = context.inputs(&options.operands).await;
    let mut output = String::new();
    let mut number = 0;
    for line in String::from_utf8_lossy(&bytes).lines() {
        if line.is_empty() && !all {
            output.push_str("       \n");
        } else {
            number += 1;
            output.push_str(&format!("{number:>6}\t{line}\n"));
        }
    }
    context.process.print(output).await;
    if complete {
        ExitStatus::SUCCESS
    } else {
        ExitStatus::FAILURE
    }
}

/// `ping`: whether a host has the address; this network has no loss.
pub(super) async fn ping(context: Context) -> ExitStatus {
    let options = match context.options("c:i:w:W:s:q4", &[]).await {
        Ok(options) => options,
        Err(_) => return ExitStatus::Exited(2),
    };
    let Some(name) = options.operands.first() else {
        context
            .complain("usage error: Destination address required")
            .await;
        return ExitStatus::Exited(1);
    };
    let process = &context.process;
    let found = process
        .network()
        .resolve(process.files(), name)
        .and_then(|all| all.first().copied());
    let Some(address) = found else {
        let message = if context.is_busybox() {
            format!("bad address '{name}'")
        } else {
            format!("{name}: Name or service not known")
        };
        context.complain(message).await;
        return ExitStatus::Exited(if context.is_busybox() { 1 } else { 2 });
    };
    let count = options
        .value('c')
        .and_then(|count| count.parse().ok())
        .unwrap_or(u32::MAX);
    let head = if context.is_busybox() {
        format!("PING {name} ({address}): 56 data bytes\n")
    } else {
        format!("PING {name} ({address}) 56(84) bytes of data.\n")
    };
    process.print(head).await;
    let answers = answers(&context, address);
    let mut times = Vec::new();
    for sequence in 0..count {
        if answers {
            let time = 0.04 + process.simulation().random().unit() * 0.06;
            times.push(time);
            let line = if context.is_busybox() {
                format!("64 bytes from {address}: seq={sequence} ttl=64 time={time:.3} ms\n")
            } else {
                let sequence = sequence + 1;
                format!("64 bytes from {address}: icmp_seq={sequence} ttl=64 time={time:.3} ms\n")
            };
            process.print(line).await;
        }
        process.sleep(Duration::from_secs(1)).await;
    }
    process
        .print(statistics(&context, name, count, &times))
        .await;
    if answers {
        ExitStatus::SUCCESS
    } else {
        ExitStatus::FAILURE
    }
}

fn answers(context: &Context, address: Ipv4Addr) -> bool {
    address.is_loopback() || context.process.network().network().host(address).is_some()
}

fn statistics(context: &Context, name: &str, count: u32, times: &[f64]) -> String {
    let received = times.len() as u32;
    let loss = if received == count { 0 } else { 100 };
    let least = times.iter().copied().fold(f64::MAX, f64::min);
    let most = times.iter().copied().fold(0.0, f64::max);
    let average = times.iter().sum::<f64>() / f64::from(received.max(1));
    let mut text = format!("\n--- {name} ping statistics ---\n{count} packets transmitted, ");
    if context.is_busybox() {
        text.push_str(&format!(
            "{received} packets received, {loss}% packet loss\n"
        ));
        if received > 0 {
            text.push_str(&format!(
                "round-trip min/avg/max = {least:.3}/{average:.3}/{most:.3} ms\n"
            ));
        }
    } else {
        let time = u64::from(count.saturating_sub(1)) * 1000;
        text.push_str(&format!(
            "{received} received, {loss}% packet loss, time {time}ms\n"
        ));
        if received > 0 {
            let spread = (most - least) / 2.0;
            text.push_str(&format!(
                "rtt min/avg/max/mdev = {least:.3}/{average:.3}/{most:.3}/{spread:.3} ms"
            ));
        }
        text.push('\n');
    }
    text
}
