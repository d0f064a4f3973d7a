//! The API does not change by accident: the generated document must equal the committed one.
//!
//! After a wanted change: `UPDATE_OPENAPI=1 cargo test -p throng-api --test openapi`, then read the diff.

#![allow(
    clippy::disallowed_methods,
    reason = "a test may be told to write the document anew"
)]

use std::path::Path;

#[test]
fn the_document_is_the_committed_one() {
    let generated = throng_api::openapi().to_pretty_json().expect("serialises") + "\n";
    let path = Path::new("../../spec/openapi.json");
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(path, &generated).expect("written");
    }
    let committed = std::fs::read_to_string(path).expect("spec/openapi.json is committed");
    assert!(
        generated == committed,
        "the API changed: run with UPDATE_OPENAPI=1 and read the diff of spec/openapi.json"
    );
}

/// Generated clients name their functions after it.
#[test]
fn every_operation_has_its_own_name() {
    let document = throng_api::openapi().to_json().expect("serialises");
    let document: serde_json::Value = serde_json::from_str(&document).expect("JSON");
    let mut names: Vec<&str> = document["paths"]
        .as_object()
        .expect("paths")
        .values()
        .flat_map(|path| path.as_object().expect("methods").values())
        .filter_map(|operation| operation["operationId"].as_str())
        .collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert!(
        all > 20 && names.len() == all,
        "{all} operations, {} names",
        names.len()
    );
}

/// A status that nobody explains, or a problem in another form than all the others, is a hole in the document.
#[test]
fn every_problem_is_told_in_one_form() {
    let document = throng_api::openapi().to_json().expect("serialises");
    let document: serde_json::Value = serde_json::from_str(&document).expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    let operations = paths
        .values()
        .flat_map(|path| path.as_object().expect("methods").values());
    let mut problems = 0;
    for operation in operations {
        let name = &operation["operationId"];
        let responses = operation["responses"].as_object().expect("responses");
        assert!(responses.contains_key("default"), "{name}");
        for (status, response) in responses {
            if status.starts_with(['1', '2']) {
                continue;
            }
            problems += 1;
            let schema = &response["content"]["application/problem+json"]["schema"]["$ref"];
            assert_eq!(schema, "#/components/schemas/ProblemDocument", "{name} {status}");
            assert_ne!(response["description"], "", "{name} {status}");
        }
    }
    assert!(problems > 100, "{problems}");
}

/// What a generated client must be ready for, where somebody was surprised.
#[test]
fn what_an_operation_refuses_is_in_its_document() {
    let document = throng_api::openapi().to_json().expect("serialises");
    let document: serde_json::Value = serde_json::from_str(&document).expect("JSON");
    let tells = |method: &str, path: &str, status: &str| {
        let responses = &document["paths"][path][method]["responses"];
        assert!(responses.is_object(), "{method} {path} is no operation");
        responses.get(status).is_some()
    };
    for (method, path, status) in [
        ("post", "/api/v1/cameras/{cameraId}/keys", "409"),
        ("get", "/api/v1/live", "429"),
        ("get", "/api/v1/live", "403"),
        ("post", "/api/v1/live/ticket", "429"),
        ("post", "/api/v1/session/link", "429"),
        ("post", "/api/v1/setup", "429"),
        ("get", "/api/v1/places", "403"),
        ("get", "/api/v1/session", "403"),
        ("post", "/api/v1/session", "403"),
        ("post", "/api/v1/session", "408"),
        ("patch", "/api/v1/places/{placeId}", "408"),
        ("post", "/api/v1/quarantine/{entry}/replay", "408"),
        ("post", "/api/v1/events", "415"),
    ] {
        assert!(tells(method, path, status), "{method} {path} {status}");
    }
    for (method, path, status) in [
        ("post", "/api/v1/quarantine/{entry}/replay", "415"),
        ("post", "/api/v1/events", "403"),
        ("get", "/api/v1/setup", "403"),
        ("get", "/healthz", "403"),
    ] {
        assert!(!tells(method, path, status), "{method} {path} {status}");
    }
}
