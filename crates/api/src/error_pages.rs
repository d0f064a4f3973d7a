//! One help page for each fault code, made from the list of faults itself.

use crate::problem::Problem;
use axum::extract::Path;
use axum::response::Html;
use throng_model::{Blame, Fault, FaultCode};

/// The page of a code.
pub(crate) async fn page(Path(code): Path<String>) -> Result<Html<String>, Problem> {
    let known = FaultCode::ALL.iter().find(|known| known.as_str() == code);
    let code = known.ok_or_else(|| Fault::new(FaultCode::NotFound, "there is no such error code"))?;
    let who = match code.blame() {
        Blame::User => "The request has to change.",
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
