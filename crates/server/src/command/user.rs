//! `throng user`: the people who may sign in, straight in the data folder. A running server asks it with every request, so who was
//! removed or has another password is out at once, on open live sockets within a minute.

use super::{say, trace};
use crate::config::Config;
use std::io::{BufRead, IsTerminal as _};
use throng_app::people::{new_password, new_person};
use throng_embedded::catalog::SqliteCatalog;
use throng_model::site::Site;
use throng_model::user::{Role, User};
use throng_model::{Fault, FaultCode, PlaceId};
use throng_ports::accounts::Removed;
use throng_ports::{Accounts as _, Catalog as _};
use tokio::signal::unix::{SignalKind, signal};

/// More bytes than the longest password has.
const LINE_BYTES_MAX: u64 = 2_048;

/// Adds, lists and removes the people who may sign in, and sets their passwords.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: UserCommand,
}

#[derive(Debug, clap::Subcommand)]
enum UserCommand {
    /// Adds a person. The password is asked for at the terminal, or is one line of standard input.
    Add {
        /// The name to sign in with.
        name: String,
        /// admin (everything), analyst (all numbers, and changes nothing) or user (the numbers of the places given).
        #[arg(long)]
        role: Role,
        /// A place a `user` may see, with everything inside of it; as often as there are places.
        #[arg(long = "place")]
        places: Vec<String>,
    },
    /// Sets another password, read as with `add`, and ends every session of that person.
    Password {
        /// The name.
        name: String,
    },
    /// Lists the people: name, role, and the places they may see.
    List,
    /// Removes a person and ends every session. The only administrator stays.
    Remove {
        /// The name.
        name: String,
    },
}

/// Runs the command.
pub async fn run(arguments: Arguments, config: Config) -> Result<(), Fault> {
    let catalog = match arguments.command {
        // The first person may come before the first start.
        UserCommand::Add { .. } => crate::wire::open_catalog(&config).await?,
        _ => crate::wire::open_existing_catalog(&config).await?,
    };
    match arguments.command {
        UserCommand::Add { name, role, places } => add(&catalog, &name, role, places).await,
        UserCommand::Password { name } => set_password(&catalog, name).await,
        UserCommand::List => {
            for user in catalog.users().await? {
                say(listed(&user));
            }
            Ok(())
        }
        UserCommand::Remove { name } => remove(&catalog, name).await,
    }
}

async fn add(catalog: &SqliteCatalog, name: &str, role: Role, places: Vec<String>) -> Result<(), Fault> {
    let taken = || {
        let detail = format!("user {name:?} exists already; `throng user password` sets another password");
        Fault::new(FaultCode::AlreadyExists, detail)
    };
    if catalog.user(name.to_owned()).await?.is_some() {
        return Err(taken());
    }
    let user = new_person(name, role, granted(&catalog.site(), role, places)?)?;
    let password_hash = Some(new_password(password().await?).await?);
    trace::note_word(catalog, "users.add", &described(&user)).await?;
    let user = User {
        password_hash,
        ..user
    };
    // Somebody else may have been quicker while the password was typed.
    catalog.add_user(user).await?.ok_or_else(taken)?;
    say(format_args!("{name} can sign in"));
    Ok(())
}

async fn set_password(catalog: &SqliteCatalog, name: String) -> Result<(), Fault> {
    known(catalog, &name).await?;
    let password_hash = new_password(password().await?).await?;
    trace::note_word(catalog, "users.password", &name).await?;
    // Who was removed while the password was typed stays so. Whatever password he chose meanwhile does not: this one is set to end it.
    let set = catalog.set_password(name.clone(), password_hash, None).await?;
    set.ok_or_else(|| unknown(&name))?;
    say(format_args!(
        "{name} has another password; every session of that name has ended"
    ));
    Ok(())
}

async fn remove(catalog: &SqliteCatalog, name: String) -> Result<(), Fault> {
    let last = || {
        let detail = format!("user {name:?} is the only administrator; add another one first");
        Fault::new(FaultCode::InvalidRequest, detail)
    };
    let user = known(catalog, &name).await?;
    let is_other_admin = |other: &User| other.role == Role::Admin && other.name != name;
    if user.role == Role::Admin && !catalog.users().await?.iter().any(is_other_admin) {
        return Err(last());
    }
    trace::note_word(catalog, "users.remove", &name).await?;
    match catalog.remove_user(name.clone()).await? {
        Removed::Gone => {
            say("removed");
            Ok(())
        }
        Removed::Nobody => Err(unknown(&name)),
        Removed::LastAdministrator => Err(last()),
    }
}

async fn known(catalog: &SqliteCatalog, name: &str) -> Result<User, Fault> {
    let user = catalog.user(name.to_owned()).await?;
    user.ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> Fault {
    let detail = format!("user {name:?} does not exist; `throng user list` lists those who do");
    Fault::new(FaultCode::NotFound, detail)
}

/// The places somebody may see. Only a `user` has some of his own, and without one would see nothing.
fn granted(site: &Site, role: Role, places: Vec<String>) -> Result<Vec<PlaceId>, Fault> {
    let wrong = match (role, places.is_empty()) {
        (Role::System, _) => Some("the role system never signs in; give admin, analyst or user"),
        (Role::User, true) => Some("a user sees the places given with --place; give at least one"),
        (Role::Admin | Role::Analyst, false) => Some("admin and analyst see every place; leave --place out"),
        _ => None,
    };
    if let Some(wrong) = wrong {
        return Err(refused(wrong));
    }
    let place = |id: String| {
        let id = PlaceId::new(id)?;
        match site.place(&id) {
            Some(_) => Ok(id),
            None => {
                let detail = format!(
                    "place {:?} does not exist; `throng place list` lists those that do",
                    id.as_str()
                );
                Err(Fault::new(FaultCode::NotFound, detail))
            }
        }
    };
    places.into_iter().map(place).collect()
}

fn listed(user: &User) -> String {
    let places: Vec<&str> = user.places.iter().map(PlaceId::as_str).collect();
    let places = match user.role {
        Role::User => places.join(","),
        _ => "every place".to_owned(),
    };
    format!("{}\t{}\t{places}", user.name, user.role.as_str())
}

/// Who is added, for the audit log: later nobody could tell from an entry with the name alone what he was given.
fn described(user: &User) -> String {
    let places: Vec<&str> = user.places.iter().map(PlaceId::as_str).collect();
    let of = match user.role {
        Role::User => format!(" of {}", places.join(",")),
        _ => String::new(),
    };
    format!("{} as {}{of}", user.name, user.role.as_str())
}

/// A new password: never an argument, which every program of the machine can read.
async fn password() -> Result<String, Fault> {
    let input = std::io::stdin();
    if !input.is_terminal() {
        let line = line(input.lock()).map_err(unreadable)?;
        return line.ok_or_else(|| {
            let detail =
                "there is no password: give it as one line of standard input, or type it at a terminal";
            refused(detail)
        });
    }
    let terminal = console::Term::stderr();
    // The question would go where nobody sees it, and the library would take that for an empty answer.
    if !terminal.is_term() {
        let detail = "the password cannot be asked for: standard error is no terminal; give it as one line of standard input";
        return Err(refused(detail));
    }
    let password = ask(&terminal, "new password: ").await?;
    match ask(&terminal, "once more:    ").await? == password {
        true => Ok(password),
        false => Err(refused("the two passwords differ; nothing was changed")),
    }
}

/// What is typed, unseen. Only when the line has its end does the library let the terminal show again what is typed: whoever breaks
/// off must not be left with one that shows nothing.
async fn ask(terminal: &console::Term, question: &'static str) -> Result<String, Fault> {
    let mut interrupt = signal(SignalKind::interrupt()).map_err(unreadable)?;
    let asking = terminal.clone();
    let mut answer = tokio::task::spawn_blocking(move || {
        asking.write_str(question)?;
        asking.read_secure_line()
    });
    let broken_off = tokio::select! {
        answered = &mut answer => {
            let answered = answered.map_err(|error| Fault::internal(format!("asking for the password: {error}")))?;
            return answered.map_err(unreadable);
        }
        _ = interrupt.recv() => refused("broken off; nothing was changed"),
    };
    terminal.write_str("\npress Enter to end").map_err(unreadable)?;
    // Whatever was typed is of no use any more.
    drop(answer.await);
    Err(broken_off)
}

fn refused(detail: impl Into<String>) -> Fault {
    Fault::new(FaultCode::InvalidRequest, detail)
}

fn unreadable(error: std::io::Error) -> Fault {
    refused(format!("the password cannot be read: {error}"))
}

/// One line, without its end; nothing where the input has ended.
fn line(input: impl BufRead) -> std::io::Result<Option<String>> {
    let mut line = String::new();
    let read = input.take(LINE_BYTES_MAX).read_line(&mut line)?;
    Ok((read > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned()))
}
