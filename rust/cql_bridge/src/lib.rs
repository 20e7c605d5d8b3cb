//! The `scylla` driver for C++: sessions, prepared statements, batches and pages on one thread of their own.
//!
//! No call here waits. What it asks for is answered by one `Reply` through one `Completion`, and a `Completion` that is dropped
//! unanswered (the runtime stopped, a task panicked) tells C++ so by its destructor. Values and rows cross as flat bytes in the
//! encodings of the native protocol, so that this crate knows neither tables nor types.

mod errors;
mod policies;
mod reply;
mod runtime;
mod session;
mod statement;
mod tls;
mod trace;
mod types;
mod values;

use reply::Reply;
use runtime::{Runtime, start_runtime};
use session::Session;
use statement::{Batch, Statement, new_batch};

#[cxx::bridge(namespace = "cartwheel::engines::cql::ffi")]
mod ffi {
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum ErrorKind {
        None,
        Unavailable,
        ReadTimeout,
        WriteTimeout,
        ClientTimeout,
        Overloaded,
        Syntax,
        Invalid,
        Auth,
        ConnectionLost,
        Aborted,
        Other,
    }

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum WriteKind {
        None,
        Simple,
        Batch,
        UnloggedBatch,
        Counter,
        BatchLog,
        Cas,
        Other,
    }

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Consistency {
        One,
        LocalOne,
        Quorum,
        LocalQuorum,
        All,
        Serial,
        LocalSerial,
    }

    /// Has a password: neither printed nor logged.
    struct Settings {
        hosts: Vec<String>,
        user: String,
        password: String,
        datacenter: String,
        ca_file: String,
        certificate_file: String,
        key_file: String,
        request_timeout_ms: u32,
        connect_timeout_ms: u32,
        heartbeat_interval_ms: u32,
        heartbeat_timeout_ms: u32,
        /// 0: as many as the driver thinks right
        connections_per_host: u32,
    }

    #[derive(Clone, Copy)]
    struct Options {
        consistency: Consistency,
        serial_consistency: Consistency,
        idempotent: bool,
        /// A conditional write or a serial read: one user's go to the same replica, and a write is never sent twice.
        conditional: bool,
        /// 0: not paged
        page_size: i32,
        /// 0: the session's
        timeout_ms: u32,
    }

    extern "Rust" {
        type Runtime;
        type Session;
        type Statement;
        type Batch;
        type Reply;

        /// Starts the driver's thread.
        fn start_runtime(log: UniquePtr<Log>) -> Result<Box<Runtime>>;
        /// Drops all work in flight, and so its completions, and joins the driver's thread. May be called again, from any thread.
        fn stop(self: &Runtime);
        fn connect(self: &Runtime, settings: &Settings, done: UniquePtr<Completion>);
        /// Panics where statements run, with `done` in hand. For the test of what becomes of it.
        fn panic(self: &Runtime, done: UniquePtr<Completion>);

        fn prepare(self: &Session, cql: &str, options: &Options, done: UniquePtr<Completion>);
        /// A statement without values, unprepared. After a change of the schema its answer waits until the nodes agree.
        fn query(self: &Session, cql: &str, options: &Options, done: UniquePtr<Completion>);
        /// `values`: `count` cells, each a big-endian i32 length (-1 null, -2 unset) and its bytes.
        fn execute(
            self: &Session,
            statement: &Statement,
            values: &[u8],
            count: u32,
            paging_state: &[u8],
            done: UniquePtr<Completion>,
        );
        fn batch(self: &Session, batch: Box<Batch>, done: UniquePtr<Completion>);
        fn await_schema_agreement(self: &Session, done: UniquePtr<Completion>);

        /// "uuid,list<int>": to check at the start that the schema is what is encoded for it.
        fn bind_types(self: &Statement) -> String;
        fn result_types(self: &Statement) -> String;

        fn new_batch(logged: bool, options: &Options) -> Box<Batch>;
        fn add(self: &mut Batch, statement: &Statement, values: &[u8], count: u32);

        fn error(self: &Reply) -> ErrorKind;
        fn write_kind(self: &Reply) -> WriteKind;
        /// Of a failed write: whether it may have been done all the same.
        fn may_have_happened(self: &Reply) -> bool;
        fn message(self: &Reply) -> &str;
        fn rows(self: &Reply) -> u32;
        fn columns(self: &Reply) -> u32;
        fn column_name(self: &Reply, index: u32) -> &str;
        fn column_type(self: &Reply, index: u32) -> String;
        /// The same with a user type's fields instead of its name: `udt<"name":text,"price":decimal>`.
        fn column_layout(self: &Reply, index: u32) -> String;
        /// Rows times columns cells, row by row, encoded as values are.
        fn cells(self: &Reply) -> &[u8];
        /// Empty: there are no more pages.
        fn paging_state(self: &Reply) -> &[u8];
        /// What was connected or prepared; an error if the reply is to another question.
        fn take_session(self: &mut Reply) -> Result<Box<Session>>;
        fn take_statement(self: &mut Reply) -> Result<Box<Statement>>;
    }

    unsafe extern "C++" {
        include!("cql_bridge/completion.h");
        type Completion;
        fn complete(self: Pin<&mut Completion>, reply: Box<Reply>);

        include!("cql_bridge/log.h");
        type Log;
        fn warn(self: &Log, text: &str);
        fn error(self: &Log, text: &str);
    }
}

// SAFETY: C++ gives a Completion away whole, and lets any one thread call `complete` and the destructor.
unsafe impl Send for ffi::Completion {}
// SAFETY: the same, and its functions may be called from any thread.
unsafe impl Send for ffi::Log {}

/// C++ uses these from any thread; what its compiler does not check, ours does.
const _: () = {
    const fn any_thread<T: Send + Sync>() {}
    any_thread::<Runtime>();
    any_thread::<Session>();
    any_thread::<Statement>();
    any_thread::<Batch>();
    any_thread::<Reply>();
};

type Done = cxx::UniquePtr<ffi::Completion>;

fn finish(mut done: Done, reply: Reply) {
    if let Some(completion) = done.as_mut() {
        completion.complete(Box::new(reply));
    }
}
