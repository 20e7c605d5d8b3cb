//! What the driver has to say for itself, and panics, as lines of our log.

use std::fmt::{self, Write};
use std::sync::{Mutex, Once};
use std::time::{Duration, Instant};

use cxx::UniquePtr;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use crate::ffi::Log;

/// A cluster that is down makes every connection say so, again and again.
const WINDOW: Duration = Duration::from_secs(10);
const LINES_A_WINDOW: u32 = 10;

/// For one thread, and so without anything global: two runtimes may have two logs.
pub struct Lines {
    to: Mutex<Limited>,
}

struct Limited {
    log: UniquePtr<Log>,
    began: Instant,
    written: u32,
    left_out: u32,
}

impl Lines {
    pub fn new(log: UniquePtr<Log>) -> Lines {
        Lines { to: Mutex::new(Limited { log, began: Instant::now(), written: 0, left_out: 0 }) }
    }
}

impl Limited {
    fn write(&mut self, level: Level, text: &str) {
        if self.began.elapsed() >= WINDOW {
            let left_out = std::mem::take(&mut self.left_out);
            (self.began, self.written) = (Instant::now(), 0);
            if left_out > 0 {
                self.log.warn(&format!("{left_out} more lines were left out"));
            }
        }
        if self.written >= LINES_A_WINDOW {
            self.left_out += 1;
            return;
        }
        self.written += 1;
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if level == Level::ERROR { self.log.error(&line) } else { self.log.warn(&line) }
    }
}

/// Spans are for tracing requests, which nobody does here: they are never enabled.
impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && *metadata.level() <= Level::WARN
    }
    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::WARN)
    }
    fn event(&self, event: &Event<'_>) {
        let mut text = Text::default();
        event.record(&mut text);
        let mut to = self.to.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        to.write(*event.metadata().level(), &text.0);
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// The message, and what was recorded beside it as name=value.
#[derive(Default)]
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let space = if self.0.is_empty() { "" } else { " " };
        // Writing to a string does not fail.
        let _ = match field.name() {
            "message" => write!(self.0, "{space}{value:?}"),
            name => write!(self.0, "{space}{name}={value:?}"),
        };
    }
}

/// A panic on a thread of this name becomes a line of its log; on any other it is told as Rust does.
pub fn log_panics_of(thread: &'static str) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let otherwise = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if std::thread::current().name() == Some(thread) {
                tracing::error!("a task ended in a panic, which is a bug: {panic}");
            } else {
                otherwise(panic);
            }
        }));
    });
}
