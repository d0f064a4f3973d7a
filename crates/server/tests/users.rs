//! `throng user` beside a running server: who comes, who goes, and whose sessions end.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

#[path = "support/binary.rs"]
mod binary;

use binary::Server;
use serde_json::{Value, json};
use std::io::Write as _;
use std::process::{Command, Stdio};
use throng_embedded::catalog::SqliteCatalog;
use throng_ports::Accounts as _;

const PASSWORD: &str = "a long way to Tipperary";

/// What `throng user` does with these words and this line of standard input: whether it went well, and what was said.
fn user(server: &Server, words: &[&str], line: &str) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_throng"));
    command.arg("user").args(words).arg("--data").arg(server.folder());
    let command = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // Who refuses before he reads closes the pipe.
    let _ = writeln!(child.stdin.take().unwrap(), "{line}");
    let done = child.wait_with_output().unwrap();
    let said = [done.stdout, done.stderr].concat();
    (done.status.success(), String::from_utf8(said).unwrap())
}

fn does(server: &Server, words: &[&str], line: &str) -> String {
    let (went_well, said) = user(server, words, line);
    assert!(went_well, "{words:?}: {said}");
    said
}

/// The session of somebody who signs in.
fn sign_in(server: &Server, name: &str, password: &str) -> Result<String, Value> {
    let body = json!({"name": name, "password": password}).to_string();
    let (status, answer) = server.post("/api/v1/session", "", "application/json", None, body.as_bytes());
    match status {
        200 => Ok(answer["token"].as_str().unwrap().to_owned()),
        _ => Err(answer["code"].clone()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_come_get_another_password_and_go() {
    let server = Server::start();
    let ann = server.administrator();
    does(&server, &["add", "bob", "--role", "analyst"], PASSWORD);
    does(
        &server,
        &["add", "eve", "--role", "user", "--place", "entrance"],
        PASSWORD,
    );
    let bob = sign_in(&server, "bob", PASSWORD).unwrap();
    let eve = sign_in(&server, "eve", PASSWORD).unwrap();
    let sees = |session: &str| {
        server.get("/api/v1/places", session).1["places"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!((sees(&bob), sees(&eve)), (4, 1));
    assert_eq!(
        does(&server, &["list"], ""),
        "ann\tadmin\tevery place\nbob\tanalyst\tevery place\neve\tuser\tentrance\n"
    );

    does(&server, &["password", "ann"], "another horse, another battery");
    assert_eq!(
        server.get("/api/v1/places", &ann).0,
        401,
        "her sessions have ended"
    );
    assert_eq!(
        sign_in(&server, "ann", "correct horse battery").unwrap_err(),
        "wrong_credentials"
    );
    sign_in(&server, "ann", "another horse, another battery").unwrap();

    does(&server, &["remove", "bob"], "");
    assert_eq!(server.get("/api/v1/places", &bob).0, 401);
    assert_eq!(
        sign_in(&server, "bob", PASSWORD).unwrap_err(),
        "wrong_credentials"
    );
    does(&server, &["add", "bob", "--role", "analyst"], PASSWORD);
    assert_eq!(
        server.get("/api/v1/places", &bob).0,
        401,
        "another one of that name"
    );

    for (words, line, says) in [
        (
            &["add", "bob", "--role", "analyst"][..],
            PASSWORD,
            "exists already",
        ),
        (
            &["add", "dan", "--role", "analyst"],
            "short",
            "at least 12 characters",
        ),
        (
            &["add", " dan", "--role", "analyst"],
            PASSWORD,
            "no blank at its ends",
        ),
        (&["add", "dan", "--role", "system"], PASSWORD, "never signs in"),
        (&["add", "dan", "--role", "user"], PASSWORD, "give at least one"),
        (
            &["add", "dan", "--role", "user", "--place", "attic"],
            PASSWORD,
            "\"attic\" does not exist",
        ),
        (
            &["add", "dan", "--role", "admin", "--place", "entrance"],
            PASSWORD,
            "leave --place out",
        ),
        (
            &["add", "Command line", "--role", "analyst"],
            PASSWORD,
            "the audit log calls the command line so",
        ),
        (&["password", "dan"], PASSWORD, "\"dan\" does not exist"),
        (&["remove", "dan"], "", "\"dan\" does not exist"),
        (&["remove", "ann"], "", "the only administrator"),
    ] {
        let (went_well, said) = user(&server, words, line);
        assert!(!went_well && said.contains(says), "{words:?}: {said}");
    }

    let mut nothing = Command::new(env!("CARGO_BIN_EXE_throng"));
    nothing
        .args(["user", "password", "ann", "--data"])
        .arg(server.folder());
    let nothing = nothing.stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8(nothing.stderr).unwrap();
    assert!(said.contains("as one line of standard input"), "{said}");

    let folder = server.stop();
    let catalog = SqliteCatalog::open(&folder.path().join("catalog.sqlite"))
        .await
        .unwrap();
    let entries = catalog.audit_log(100).await.unwrap();
    let noted: Vec<(&str, &str)> = entries
        .iter()
        .rev()
        .filter(|entry| entry.actor == "command line" && entry.action.starts_with("users."))
        .map(|entry| (entry.action.as_str(), entry.object.as_str()))
        .collect();
    let expected = [
        ("users.add", "bob as analyst"),
        ("users.add", "eve as user of entrance"),
        ("users.password", "ann"),
        ("users.remove", "bob"),
        ("users.add", "bob as analyst"),
    ];
    assert_eq!(noted, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_be_noted_is_not_added_and_gets_no_other_password() {
    let server = Server::start();
    does(&server, &["add", "bob", "--role", "analyst"], PASSWORD);
    let file = server.folder().join("catalog.sqlite");
    let catalog = SqliteCatalog::open(&file).await.unwrap();
    let before = catalog.users().await.unwrap();
    let file = sqlx::SqlitePool::connect(&format!("sqlite://{}", file.display()))
        .await
        .unwrap();
    let full =
        "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";
    sqlx::query(full).execute(&file).await.unwrap();
    for words in [
        &["add", "eve", "--role", "admin"][..],
        &["password", "bob"],
        &["remove", "bob"],
    ] {
        let (went_well, said) = user(&server, words, PASSWORD);
        assert!(
            !went_well && said.contains("the disk is full"),
            "{words:?}: {said}"
        );
        assert_eq!(catalog.users().await.unwrap(), before, "{words:?}");
    }
}
