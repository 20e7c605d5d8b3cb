//! The thread that all sessions live on.

use std::io;
use std::sync::Mutex;
use std::thread::JoinHandle;
use std::time::Duration;

use cxx::UniquePtr;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use crate::Done;
use crate::ffi::{Log, Settings};
use crate::session;
use crate::trace::{self, Lines};

const THREAD: &str = "cql-driver";

/// How long a host name that is still being looked up may hold up the end.
const LOOK_UP_LEFT: Duration = Duration::from_millis(100);

pub struct Runtime {
    tasks: Handle,
    running: Mutex<Option<Running>>,
}

struct Running {
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

pub fn start_runtime(log: UniquePtr<Log>) -> io::Result<Box<Runtime>> {
    // One thread is enough for what two handfuls of cores can ask, and a task that is spawned from outside costs it one wake-up.
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let tasks = runtime.handle().clone();
    trace::log_panics_of(THREAD);
    let (stop, stopped) = oneshot::channel::<()>();
    let thread = std::thread::Builder::new().name(THREAD.into()).spawn(move || {
        let _lines = tracing::subscriber::set_default(Lines::new(log));
        let _ = runtime.block_on(stopped);
        // Drops every task that is left, and so every completion that the tasks hold.
        runtime.shutdown_timeout(LOOK_UP_LEFT);
    })?;
    Ok(Box::new(Runtime { tasks, running: Mutex::new(Some(Running { stop, thread })) }))
}

impl Runtime {
    pub fn stop(&self) {
        // The lock is kept while the thread ends, so that whoever calls second comes back only when it has.
        let mut running = self.running.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(Running { stop, thread }) = running.take() {
            drop(stop);
            let _ = thread.join();
        }
    }

    pub fn connect(&self, settings: &Settings, done: Done) {
        session::connect(&self.tasks, settings, done);
    }

    pub fn panic(&self, done: Done) {
        self.tasks.spawn(async move {
            let _held = done;
            panic!("asked to");
        });
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        self.stop();
    }
}
