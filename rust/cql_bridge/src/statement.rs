//! Prepared statements, and batches of them.

use std::sync::Arc;

use scylla::statement::batch::{Batch as DriverBatch, BatchType};
use scylla::statement::prepared::PreparedStatement;

use crate::ffi::Options;
use crate::policies::Policies;
use crate::types;
use crate::values::Row;

/// Not bound to the session that prepared it: a later one knows it too, or has it prepared when a node does not.
#[derive(Clone)]
pub struct Statement {
    pub prepared: Arc<PreparedStatement>,
    pub paged: bool,
    pub conditional: bool,
}

impl Statement {
    pub fn new(mut prepared: PreparedStatement, options: &Options, policies: &Policies) -> Statement {
        policies.apply_to_prepared(&mut prepared, options);
        Statement { prepared: Arc::new(prepared), paged: options.page_size > 0, conditional: options.conditional }
    }

    pub fn bind_types(&self) -> String {
        types::list(self.prepared.get_variable_col_specs().iter())
    }

    /// Empty for conditional statements: Cassandra tells their columns only with each answer.
    pub fn result_types(&self) -> String {
        types::list(self.prepared.get_current_result_set_col_specs().get().iter())
    }
}

pub struct Batch {
    pub options: Options,
    pub statements: DriverBatch,
    pub rows: Vec<Row>,
}

pub fn new_batch(logged: bool, options: &Options) -> Box<Batch> {
    let kind = if logged { BatchType::Logged } else { BatchType::Unlogged };
    Box::new(Batch { options: *options, statements: DriverBatch::new(kind), rows: Vec::new() })
}

impl Batch {
    pub fn add(&mut self, statement: &Statement, values: &[u8], count: u32) {
        self.statements.append_statement((*statement.prepared).clone());
        self.rows.push(Row::new(values, count));
    }
}
