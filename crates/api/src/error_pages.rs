//! One help page for each fault code, made from the list of faults itself.

use crate::problem::Problem;
use axum::extract::Path;
use axum::response::Html;
use throng_model::fault::Retry;
use throng_model::{Blame, Fault, FaultCode};

/// The page of a code.
pub(crate) async fn page(Path(code): Path<String>) -> Result<Html<String>, Problem> {
    let known = FaultCode::ALL.iter().find(|known| known.as_str() == code);
    let code = known.ok_or_else(|| Fault::new(FaultCode::NotFound, "there is no such error code"))?;
    let who = match code.blame() {
        Blame::User => asked(*code),
        Blame::Outside => "Something this server stands on failed (disk, network). Its operator has to act.",
        Blame::Us => "This is a defect of Throng. Please report it with the request number.",
    };
    Ok(Html(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{code}</title><h1>{title}</h1><p><code>{code}</code>, HTTP {status}</p><p>{help}</p><p>{who}</p></html>",
        title = code.title(),
        status = code.status(),
        help = code.help(),
    )))
}

/// What whoever asked can do.
fn asked(code: FaultCode) -> &'static str {
    match (code, code.retry()) {
        (FaultCode::SessionEnded | FaultCode::SignInRequired, _) => {
            "The request can stay as it is: send it again with a session or a key that holds."
        }
        (_, Retry::Later) => "The request can stay as it is: the same one may succeed later.",
        (_, Retry::Corrected) => "The request has to change.",
        (_, Retry::Never) => "The same request will fail again.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_page_asks_for_another_request_only_where_that_helps() {
        for (code, says) in [
            (FaultCode::RateLimited, "may succeed later"),
            (FaultCode::ChangedMeanwhile, "may succeed later"),
            (FaultCode::UnsupportedType, "may succeed later"),
            (FaultCode::FolderInUse, "may succeed later"),
            (FaultCode::SessionEnded, "send it again with a session"),
            (FaultCode::InvalidRequest, "has to change"),
            (FaultCode::Forbidden, "will fail again"),
        ] {
            let page = page(Path(code.as_str().to_owned())).await;
            let Html(text) = page.map_err(|_| code).expect("a page");
            assert!(text.contains(says), "{code}: {text}");
            assert_eq!(text.contains("has to change"), says == "has to change", "{code}");
        }
    }
}
