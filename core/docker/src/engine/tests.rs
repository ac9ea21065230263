//! The engine driven directly, with built-in programs.

use crate::*;
use machine::network::Network;
use machine::{
    Builtin, Content, Disposition, Entry, ExitStatus, Kernel, Layer, Process, Programs, Signal,
    Simulation, Time, Tree,
};
use std::rc::Rc;

pub(crate) fn engine() -> Engine {
    let simulation = Simulation::new(1, Time::from_secs(1_000_000));
    let programs = Programs::default();
    programs.add(
        "greet",
        Rc::new(Builtin(|process: Process| async move {
            process.signals().set(Signal::TERM, Disposition::Handle);
            process
                .print(format!("hello from {}\n", process.hostname()))
                .await;
            process.signals().next().await;
            process.print_error("stopping\n").await;
            ExitStatus::Exited(3)
        })),
    );
    let network = Network::new(&simulation);
    let kernel = Kernel::new(&simulation, &programs, &network, "box", Tree::new(vec![]));
    let registry = Registry::new();
    install(&programs, &registry);
    let engine = Engine::new(&kernel, &registry, EngineOptions::default());
    let mut layer = Layer::default();
    let content = Content::new(Programs::executable("greet"));
    layer.add("/greet", Entry::file(content, 0o755, Time::default()));
    let config = ImageConfig {
        entrypoint: Some(vec!["/greet".into()]),
        ..ImageConfig::default()
    };
    let image = Image::new(
        config,
        vec![ImageLayer::new(layer)],
        vec![],
        Time::default(),
    );
    let image = Rc::new(image);
    engine.add_image(image.clone());
    engine.tag_image(&image, &Reference::parse("greet").unwrap());
    engine
}

pub(crate) fn run<T: 'static>(engine: &Engine, future: impl Future<Output = T> + 'static) -> T {
    let until = engine.now() + machine::Duration::from_secs(100);
    engine.simulation().run(until, future).unwrap()
}

fn config(name: &str) -> ContainerConfig {
    ContainerConfig {
        name: Some(name.into()),
        image: "greet".into(),
        ..ContainerConfig::default()
    }
}

#[test]
fn a_container_lives_and_leaves_its_log() {
    let engine = engine();
    let id = engine.create_container(config("one")).unwrap();
    let (worker, started) = (engine.clone(), id.clone());
    run(&engine, async move {
        worker.start(&started).await.unwrap();
        let running = worker.inspect("one").unwrap();
        assert_eq!(running.state.status, ContainerStatus::Running);
        assert_eq!(running.address.unwrap().to_string(), "172.17.0.2");
        worker.stop(&started, None).await.unwrap();
    });
    let info = engine.inspect(&id).unwrap();
    assert_eq!(
        (info.state.status, info.state.exit_code),
        (ContainerStatus::Exited, 3)
    );
    let mut reader = engine.logs(&id, &LogOptions::default()).unwrap();
    let mut lines = Vec::new();
    while let Some(line) = reader.try_next() {
        lines.push((
            line.stream,
            String::from_utf8_lossy(&line.bytes).into_owned(),
        ));
    }
    let greeting = format!("hello from {}\n", id.get(..12).unwrap());
    assert_eq!(
        lines,
        [
            (LogStream::Stdout, greeting),
            (LogStream::Stderr, "stopping\n".into())
        ]
    );
    let actions: Vec<String> = engine
        .past_events()
        .iter()
        .map(|event| format!("{} {}", event.kind, event.action))
        .collect();
    assert_eq!(
        actions,
        [
            "image tag",
            "container create",
            "network connect",
            "container start",
            "container kill",
            "network disconnect",
            "container stop",
            "container die"
        ]
    );
}

#[test]
fn a_joined_container_shares_address_and_name_and_a_kill_is_seen() {
    let engine = engine();
    run(&engine.clone(), async move {
        engine.pull("registry.k8s.io/pause:3.10").await.unwrap();
        let sandbox = ContainerConfig {
            image: "registry.k8s.io/pause:3.10".into(),
            hostname: Some("pod".into()),
            ..config("k8s_POD")
        };
        let sandbox = engine.create_container(sandbox).unwrap();
        engine.start(&sandbox).await.unwrap();
        let joined = ContainerConfig {
            network: NetworkMode::Container(sandbox.clone()),
            ..config("k8s_app")
        };
        let app = engine.create_container(joined).unwrap();
        engine.start(&app).await.unwrap();
        let mut events = engine.events();
        let (own, other) = (
            engine.inspect(&app).unwrap(),
            engine.inspect(&sandbox).unwrap(),
        );
        assert_eq!(own.address, other.address);
        let mut log = engine
            .logs(
                &app,
                &LogOptions {
                    follow: true,
                    ..LogOptions::default()
                },
            )
            .unwrap();
        assert_eq!(&*log.next().await.unwrap().bytes, b"hello from pod\n");
        engine.kill("k8s_app", Signal::KILL).unwrap();
        while events.recv().await.unwrap().action != "die" {}
        assert_eq!(engine.inspect(&app).unwrap().state.exit_code, 137);
        assert!(log.next().await.is_none());
        assert_eq!(
            engine
                .list(&Filters {
                    names: vec!["k8s_".into()],
                    ..Filters::default()
                })
                .len(),
            1
        );
    });
}

#[test]
fn what_cannot_be_started_says_so() {
    let engine = engine();
    let mut broken = config("broken");
    broken.entrypoint = Some(vec!["nope".into()]);
    let id = engine.create_container(broken).unwrap();
    let worker = engine.clone();
    let error = run(&engine, async move { worker.start(&id).await.unwrap_err() });
    assert_eq!(
        error.message,
        "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: \"nope\": executable file not found in $PATH"
    );
    let state = engine.inspect("broken").unwrap().state;
    assert_eq!(
        (state.status, state.exit_code),
        (ContainerStatus::Created, 127)
    );
    let error = engine.create_container(config("x")).unwrap_err();
    assert_eq!(
        error.message,
        "Invalid container name (x), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"
    );
}

#[test]
fn a_thousand_pods_start_quickly() {
    let engine = engine();
    let host = engine.kernel().network().clone();
    run(&engine.clone(), async move {
        for number in 0..1000 {
            let namespace = host.namespace();
            let ready = ContainerConfig {
                network: NetworkMode::Ready(namespace),
                ..config(&format!("pod{number}"))
            };
            let id = engine.create_container(ready).unwrap();
            let starter = engine.clone();
            engine
                .simulation()
                .spawn(async move { starter.start(&id).await.unwrap() });
        }
        engine
            .simulation()
            .sleep(machine::Duration::from_secs(1))
            .await;
        assert_eq!(engine.list(&Filters::default()).len(), 1000);
    });
}
