//! How statements are spread over replicas and repeated, by what they are.

use std::sync::Arc;
use std::time::Duration;

use scylla::errors::{DbError, RequestAttemptError};
use scylla::policies::load_balancing::{DefaultPolicy, LoadBalancingPolicy};
use scylla::policies::retry::{RequestInfo, RetryDecision, RetryPolicy, RetrySession};
use scylla::statement::prepared::PreparedStatement;
use scylla::statement::unprepared::Statement as Unprepared;
use scylla::statement::{Consistency as DriverConsistency, SerialConsistency};

use crate::ffi::{Consistency, Options};
use crate::statement::Batch;

/// Made once a session and shared by its statements.
pub struct Policies {
    same_replica: Arc<dyn LoadBalancingPolicy>,
    conditional: Arc<dyn RetryPolicy>,
}

impl Policies {
    pub fn new() -> Policies {
        Policies {
            // Two coordinators that run Paxos for one partition at the same time make each other begin again.
            same_replica: DefaultPolicy::builder().inherit_location_preference().enable_shuffling_replicas(false).build(),
            conditional: Arc::new(ConditionalRetry),
        }
    }

    pub fn apply_to_prepared(&self, statement: &mut PreparedStatement, options: &Options) {
        statement.set_consistency(consistency(options.consistency));
        statement.set_serial_consistency(Some(serial_consistency(options)));
        statement.set_is_idempotent(options.idempotent);
        if let Some(limit) = time_limit(options) {
            statement.set_request_timeout(Some(limit));
        }
        if options.conditional {
            statement.set_load_balancing_policy(Some(self.same_replica.clone()));
            statement.set_retry_policy(Some(self.conditional.clone()));
        }
    }

    pub fn apply_to_query(&self, statement: &mut Unprepared, options: &Options) {
        statement.set_consistency(consistency(options.consistency));
        statement.set_serial_consistency(Some(serial_consistency(options)));
        statement.set_is_idempotent(options.idempotent);
        if let Some(limit) = time_limit(options) {
            statement.set_request_timeout(Some(limit));
        }
        if options.conditional {
            statement.set_retry_policy(Some(self.conditional.clone()));
        }
    }

    pub fn apply_to_batch(&self, batch: &mut Batch) {
        let options = &batch.options;
        let statements = &mut batch.statements;
        statements.set_consistency(consistency(options.consistency));
        statements.set_serial_consistency(Some(serial_consistency(options)));
        statements.set_is_idempotent(options.idempotent);
        if let Some(limit) = time_limit(options) {
            statements.set_request_timeout(Some(limit));
        }
        if options.conditional {
            statements.set_load_balancing_policy(Some(self.same_replica.clone()));
            statements.set_retry_policy(Some(self.conditional.clone()));
        }
    }
}

fn time_limit(options: &Options) -> Option<Duration> {
    (options.timeout_ms > 0).then(|| Duration::from_millis(options.timeout_ms.into()))
}

fn consistency(of: Consistency) -> DriverConsistency {
    match of {
        Consistency::One => DriverConsistency::One,
        Consistency::Quorum => DriverConsistency::Quorum,
        Consistency::LocalQuorum => DriverConsistency::LocalQuorum,
        Consistency::All => DriverConsistency::All,
        Consistency::Serial => DriverConsistency::Serial,
        Consistency::LocalSerial => DriverConsistency::LocalSerial,
        _ => DriverConsistency::LocalOne,
    }
}

fn serial_consistency(options: &Options) -> SerialConsistency {
    match options.serial_consistency {
        Consistency::LocalSerial => SerialConsistency::LocalSerial,
        _ => SerialConsistency::Serial,
    }
}

/// A conditional write is sent once: sent again after it took effect, its own effect would refuse it. A serial read, which is
/// idempotent, is tried once more on the next replica.
#[derive(Debug)]
struct ConditionalRetry;

impl RetryPolicy for ConditionalRetry {
    fn new_session(&self) -> Box<dyn RetrySession> {
        Box::new(ConditionalRetrySession { tried_again: false })
    }
}

struct ConditionalRetrySession {
    tried_again: bool,
}

impl RetrySession for ConditionalRetrySession {
    fn decide_should_retry(&mut self, request: RequestInfo) -> RetryDecision {
        let elsewhere = matches!(
            request.error,
            RequestAttemptError::BrokenConnectionError(_)
                | RequestAttemptError::UnableToAllocStreamId
                | RequestAttemptError::DbError(
                    DbError::Overloaded
                        | DbError::IsBootstrapping
                        | DbError::ServerError
                        | DbError::Unavailable { .. }
                        | DbError::ReadTimeout { .. },
                    _
                )
        );
        if request.is_idempotent && elsewhere && !std::mem::replace(&mut self.tried_again, true) {
            RetryDecision::RetryNextTarget(None)
        } else {
            RetryDecision::DontRetry
        }
    }

    fn reset(&mut self) {
        self.tried_again = false;
    }
}
