//! Tests of whole objects.

use serde_json::{Value, json};

use super::*;
use crate::json::compact;
use crate::schema::decode;

fn check(mut object: Value, expected: &str) {
    object = decode::normalized(schema::builtin(), &object);
    apply(&mut object);
    assert_eq!(compact(&object), expected);
    let once = object.clone();
    apply(&mut object);
    assert_eq!(object, once, "defaults are stable");
}

#[test]
fn pod() {
    check(
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {
            "containers": [{
                "name": "c", "image": "hello", "ports": [{"containerPort": 80}], "livenessProbe": {"httpGet": {"port": 80}},
                "resources": {"limits": {"cpu": "1"}}, "env": [{"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}],
            }],
            "volumes": [{"name": "v"}, {"name": "s", "secret": {"secretName": "x"}}, {"name": "h", "hostPath": {"path": "/"}}],
        }}),
        r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"containers":[{"env":[{"name":"IP","valueFrom":{"fieldRef":{"apiVersion":"v1","fieldPath":"status.podIP"}}}],"image":"hello","imagePullPolicy":"Always","livenessProbe":{"failureThreshold":3,"httpGet":{"path":"/","port":80,"scheme":"HTTP"},"periodSeconds":10,"successThreshold":1,"timeoutSeconds":1},"name":"c","ports":[{"containerPort":80,"protocol":"TCP"}],"resources":{"limits":{"cpu":"1"},"requests":{"cpu":"1"}},"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File"}],"dnsPolicy":"ClusterFirst","enableServiceLinks":true,"restartPolicy":"Always","schedulerName":"default-scheduler","securityContext":{},"terminationGracePeriodSeconds":30,"volumes":[{"emptyDir":{},"name":"v"},{"name":"s","secret":{"defaultMode":420,"secretName":"x"}},{"hostPath":{"path":"/","type":""},"name":"h"}]},"status":{}}"#,
    );
}

#[test]
fn deployment_and_its_hash() {
    let mut object = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "hello"}, "spec": {
        "selector": {"matchLabels": {"app": "hello"}},
        "template": {"metadata": {"labels": {"app": "hello"}}, "spec": {"containers": [{"name": "hello", "image": "hello:latest", "imagePullPolicy": "Never"}]}},
    }});
    object = decode::normalized(schema::builtin(), &object);
    apply(&mut object);
    let template = object.pointer("/spec/template").unwrap();
    assert_eq!(
        crate::template_hash::pod_template_hash(template, None),
        "5d77dd784d"
    );
    assert_eq!(
        compact(&object),
        r#"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"hello"},"spec":{"progressDeadlineSeconds":600,"replicas":1,"revisionHistoryLimit":10,"selector":{"matchLabels":{"app":"hello"}},"strategy":{"rollingUpdate":{"maxSurge":"25%","maxUnavailable":"25%"},"type":"RollingUpdate"},"template":{"metadata":{"labels":{"app":"hello"}},"spec":{"containers":[{"image":"hello:latest","imagePullPolicy":"Never","name":"hello","resources":{},"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File"}],"dnsPolicy":"ClusterFirst","restartPolicy":"Always","schedulerName":"default-scheduler","securityContext":{},"terminationGracePeriodSeconds":30}}},"status":{}}"#
    );
}

#[test]
fn service() {
    check(
        json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": {"type": "NodePort", "ports": [{"port": 80}, {"port": 81, "targetPort": "web"}]}}),
        r#"{"apiVersion":"v1","kind":"Service","metadata":{"name":"s"},"spec":{"externalTrafficPolicy":"Cluster","internalTrafficPolicy":"Cluster","ports":[{"port":80,"protocol":"TCP","targetPort":80},{"port":81,"protocol":"TCP","targetPort":"web"}],"sessionAffinity":"None","type":"NodePort"},"status":{"loadBalancer":{}}}"#,
    );
}

#[test]
fn other_kinds_are_left_alone() {
    check(
        json!({"apiVersion": "example.com/v1", "kind": "Thing", "spec": {}}),
        r#"{"apiVersion":"example.com/v1","kind":"Thing","spec":{}}"#,
    );
}
