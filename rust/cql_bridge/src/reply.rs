//! The one answer to everything that is asked.

use std::sync::Arc;

use scylla::deserialize::row::ColumnIterator;
use scylla::errors::ExecutionError;
use scylla::response::PagingStateResponse;
use scylla::response::query_result::{QueryResult, QueryRowsResult};

use crate::errors::{self, Failure};
use crate::ffi::{ErrorKind, WriteKind};
use crate::session::Session;
use crate::statement::Statement;
use crate::types;

#[derive(Default)]
pub struct Reply {
    failure: Option<Failure>,
    message: String,
    rows: u32,
    columns: u32,
    /// Kept for the names and types of its columns, which cost nothing until they are asked for.
    result: Option<QueryRowsResult>,
    cells: Vec<u8>,
    paging_state: Option<Arc<[u8]>>,
    session: Option<Box<Session>>,
    statement: Option<Box<Statement>>,
}

impl Reply {
    pub fn of_session(session: Session) -> Reply {
        Reply { session: Some(Box::new(session)), ..Reply::default() }
    }

    pub fn of_statement(statement: Statement) -> Reply {
        Reply { statement: Some(Box::new(statement)), ..Reply::default() }
    }

    /// Of what writes nothing.
    pub fn failed(kind: ErrorKind, message: String) -> Reply {
        Reply { failure: Some(Failure::without_effect(kind)), message, ..Reply::default() }
    }

    pub fn of_failure(error: &ExecutionError, conditional: bool) -> Reply {
        Reply { failure: Some(errors::of_execution(error, conditional)), message: error.to_string(), ..Reply::default() }
    }

    pub fn of_answer(answer: Result<QueryResult, ExecutionError>, page: PagingStateResponse, conditional: bool) -> Reply {
        match answer {
            Ok(result) => Reply::of_result(result, page).unwrap_or_else(|message| Reply {
                failure: Some(Failure::of_unknown_effect(ErrorKind::Other)),
                message,
                ..Reply::default()
            }),
            Err(error) => Reply::of_failure(&error, conditional),
        }
    }

    fn of_result(result: QueryResult, page: PagingStateResponse) -> Result<Reply, String> {
        let mut reply = Reply::default();
        if let PagingStateResponse::HasMorePages { state } = page {
            reply.paging_state = state.as_bytes_slice().cloned();
        }
        if !result.is_rows() {
            return Ok(reply);
        }
        let result = result.into_rows_result().map_err(|error| error.to_string())?;
        reply.rows = result.rows_num() as u32;
        reply.columns = result.column_specs().len() as u32;
        reply.cells.reserve_exact(result.rows_bytes_size());
        for row in result.rows::<ColumnIterator>().map_err(|error| error.to_string())? {
            for column in row.map_err(|error| error.to_string())? {
                match column.map_err(|error| error.to_string())?.slice {
                    None => reply.cells.extend_from_slice(&(-1i32).to_be_bytes()),
                    Some(slice) => {
                        let bytes = slice.as_slice();
                        reply.cells.extend_from_slice(&(bytes.len() as i32).to_be_bytes());
                        reply.cells.extend_from_slice(bytes);
                    }
                }
            }
        }
        reply.result = Some(result);
        Ok(reply)
    }

    pub fn error(&self) -> ErrorKind {
        self.failure.map_or(ErrorKind::None, |failure| failure.kind)
    }

    pub fn write_kind(&self) -> WriteKind {
        self.failure.map_or(WriteKind::None, |failure| failure.write)
    }

    pub fn may_have_happened(&self) -> bool {
        self.failure.is_some_and(|failure| failure.may_have_happened)
    }

    pub fn message(&self) -> &str {
        &self.message
    }

    pub fn rows(&self) -> u32 {
        self.rows
    }

    pub fn columns(&self) -> u32 {
        self.columns
    }

    pub fn column_name(&self, index: u32) -> &str {
        let specs = self.result.as_ref().map(|result| result.column_specs());
        specs.and_then(|specs| specs.get_by_index(index as usize).map(|spec| spec.name())).unwrap_or("")
    }

    pub fn column_type(&self, index: u32) -> String {
        let specs = self.result.as_ref().map(|result| result.column_specs());
        specs.and_then(|specs| specs.get_by_index(index as usize).map(|spec| types::name(spec.typ()))).unwrap_or_default()
    }

    pub fn column_layout(&self, index: u32) -> String {
        let specs = self.result.as_ref().map(|result| result.column_specs());
        specs.and_then(|specs| specs.get_by_index(index as usize).map(|spec| types::layout(spec.typ()))).unwrap_or_default()
    }

    pub fn cells(&self) -> &[u8] {
        &self.cells
    }

    pub fn paging_state(&self) -> &[u8] {
        self.paging_state.as_deref().unwrap_or(&[])
    }

    pub fn take_session(&mut self) -> Result<Box<Session>, &'static str> {
        self.session.take().ok_or("no session in this reply")
    }

    pub fn take_statement(&mut self) -> Result<Box<Statement>, &'static str> {
        self.statement.take().ok_or("no statement in this reply")
    }
}
