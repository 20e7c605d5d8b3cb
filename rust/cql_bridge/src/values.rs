//! Values on their way to the driver, in the form in which C++ wrote them.

use std::fmt;

use scylla::errors::SerializationError;
use scylla::serialize::row::{RowSerializationContext, SerializeRow};
use scylla::serialize::writers::RowWriter;

/// `count` cells, each a big-endian i32 length (-1 null, -2 unset) and its bytes. What they mean is between C++ and the server;
/// here only their number and lengths are looked at, so that a frame is always well formed.
pub struct Row {
    bytes: Vec<u8>,
    count: u32,
}

impl Row {
    pub fn new(bytes: &[u8], count: u32) -> Row {
        Row { bytes: bytes.to_vec(), count }
    }
}

impl SerializeRow for Row {
    fn serialize(&self, context: &RowSerializationContext<'_>, writer: &mut RowWriter) -> Result<(), SerializationError> {
        if context.columns().len() != self.count as usize {
            return Err(BadValues("another number of values than markers").into());
        }
        let mut rest = &self.bytes[..];
        for _ in 0..self.count {
            let (length, tail) = rest.split_first_chunk::<4>().ok_or(BadValues("values are cut short"))?;
            rest = tail;
            match i32::from_be_bytes(*length) {
                -1 => drop(writer.make_cell_writer().set_null()),
                -2 => drop(writer.make_cell_writer().set_unset()),
                length => {
                    let length = usize::try_from(length).map_err(|_| BadValues("a cell of no possible length"))?;
                    let (cell, tail) = rest.split_at_checked(length).ok_or(BadValues("values are cut short"))?;
                    rest = tail;
                    writer.make_cell_writer().set_value(cell).map_err(SerializationError::new)?;
                }
            }
        }
        if rest.is_empty() { Ok(()) } else { Err(BadValues("bytes after the last value").into()) }
    }

    fn is_empty(&self) -> bool {
        self.count == 0
    }
}

#[derive(Debug)]
struct BadValues(&'static str);

impl fmt::Display for BadValues {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}

impl std::error::Error for BadValues {}

impl From<BadValues> for SerializationError {
    fn from(bad: BadValues) -> SerializationError {
        SerializationError::new(bad)
    }
}
