//! The problems that operations answer with, in the document. What follows from the shape of an operation is told here for
//! all of them, so that none is forgotten; what one refuses for reasons of its own stands at the operation, by its status.

use utoipa::openapi::path::{Operation, ParameterIn, PathItem};
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, Response, ResponseBuilder};

/// Operations for who is not signed in and shows no key.
const OPEN: &[&str] = &["alive", "ready", "setup_needed"];

/// Operations that are not for browsers: with a key, which no page of another site can send.
const BY_KEY: &[&str] = &["submit", "ingest_socket"];

/// Operations that take a body of any type.
const ANY_TYPE: &[&str] = &["replay"];

/// Tells of all problems.
pub(crate) fn add(mut document: OpenApi) -> OpenApi {
    for item in document.paths.paths.values_mut() {
        for operation in operations(item) {
            let by_shape = by_shape(operation);
            let responses = &mut operation.responses.responses;
            for (status, response) in responses.iter_mut() {
                if let (Some(meaning), RefOr::T(response)) = (meaning(status), response) {
                    *response = problem(meaning);
                }
            }
            for status in by_shape {
                let meaning = meaning(status).unwrap_or_default();
                let told = problem(meaning).into();
                responses.entry(status.to_owned()).or_insert(told);
            }
        }
    }
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let methods = [
        &mut item.get,
        &mut item.post,
        &mut item.put,
        &mut item.patch,
        &mut item.delete,
    ];
    methods.into_iter().flatten()
}

/// What can go wrong with an operation of this shape.
fn by_shape(operation: &Operation) -> Vec<&'static str> {
    let parameters = operation.parameters.as_deref().unwrap_or_default();
    let names_a_thing = parameters
        .iter()
        .any(|parameter| matches!(parameter, RefOr::T(one) if one.parameter_in == ParameterIn::Path));
    let has_body = operation.request_body.is_some();
    let name = operation.operation_id.as_deref().unwrap_or_default();
    let problems = [
        ("400", has_body || !parameters.is_empty()),
        ("401", !OPEN.contains(&name)),
        ("403", !OPEN.contains(&name) && !BY_KEY.contains(&name)),
        ("404", names_a_thing),
        ("408", has_body),
        ("413", has_body),
        ("415", has_body && !ANY_TYPE.contains(&name)),
        ("default", true),
    ];
    let applying = problems.into_iter().filter(|(_, applies)| *applies);
    applying.map(|(status, _)| status).collect()
}

/// What a status means; none of those that are no problem.
fn meaning(status: &str) -> Option<&'static str> {
    Some(match status {
        "400" => "The request is not valid; `errors` tells where",
        "401" => "Not signed in, or what was shown does not hold any more",
        "403" => "Not for your role, or asked by a page of another site",
        "404" => "It does not exist, or you may not know that it does",
        "408" => "The body came too slowly",
        "409" => "It does not fit what is there; the code tells why",
        "413" => "The body is too large",
        "415" => "The content type or encoding is not supported",
        "422" => "Understood, and cannot be done as asked; the code tells why",
        "429" => "Too many requests",
        "507" => "The disk is full",
        "default" => "Whatever else went wrong; the code tells",
        _ => return None,
    })
}

fn problem(meaning: &str) -> Response {
    let document = Content::new(Some(Ref::from_schema_name("ProblemDocument")));
    ResponseBuilder::new()
        .description(meaning)
        .content("application/problem+json", document)
        .build()
}
