//! The driver's errors as the few kinds that something is done about, and whether what failed may have been done all the same.

use scylla::errors::{
    ConnectionError, ConnectionPoolError, ConnectionSetupRequestErrorKind, DbError, ExecutionError, MetadataError,
    NewSessionError, PrepareError, RequestAttemptError, SchemaAgreementError, UseKeyspaceError, WriteType,
};

use crate::ffi::{ErrorKind, WriteKind};

/// CAS_WRITE_UNKNOWN, which a server sends from protocol v5 on; by v4 it sends a write timeout of type CAS.
const CAS_WRITE_UNKNOWN: i32 = 0x1700;

#[derive(Clone, Copy)]
pub struct Failure {
    pub kind: ErrorKind,
    pub write: WriteKind,
    pub may_have_happened: bool,
}

impl Failure {
    pub fn without_effect(kind: ErrorKind) -> Failure {
        Failure { kind, write: WriteKind::None, may_have_happened: false }
    }

    pub fn of_unknown_effect(kind: ErrorKind) -> Failure {
        Failure { kind, write: WriteKind::None, may_have_happened: true }
    }

    fn of_write(write: WriteKind) -> Failure {
        Failure { kind: ErrorKind::WriteTimeout, write, may_have_happened: true }
    }
}

pub fn of_execution(error: &ExecutionError, conditional: bool) -> Failure {
    match error {
        ExecutionError::LastAttemptError(error) => of_attempt(error, conditional),
        ExecutionError::BadQuery(_) => Failure::without_effect(ErrorKind::Invalid),
        ExecutionError::PrepareError(error) => Failure::without_effect(of_prepare(error)),
        ExecutionError::RequestTimeout(_) => Failure::of_unknown_effect(ErrorKind::ClientTimeout),
        // No connection was found, so nothing was sent: a write is sent a second time only if it may be, or after a refusal.
        ExecutionError::ConnectionPoolError(error) => Failure::without_effect(of_pool(error)),
        ExecutionError::EmptyPlan => Failure::without_effect(ErrorKind::ConnectionLost),
        // The statement itself was done.
        ExecutionError::SchemaAgreementError(error) => Failure::of_unknown_effect(of_schema_agreement(error)),
        ExecutionError::MetadataError(error) => Failure::of_unknown_effect(of_metadata(error)),
        _ => Failure::of_unknown_effect(ErrorKind::Other),
    }
}

fn of_attempt(error: &RequestAttemptError, conditional: bool) -> Failure {
    match error {
        RequestAttemptError::DbError(error, _) => of_server(error, conditional),
        RequestAttemptError::BrokenConnectionError(_) => Failure::of_unknown_effect(ErrorKind::ConnectionLost),
        RequestAttemptError::UnableToAllocStreamId => Failure::without_effect(ErrorKind::Overloaded),
        RequestAttemptError::SerializationError(_) | RequestAttemptError::CqlRequestSerialization(_) => {
            Failure::without_effect(ErrorKind::Invalid)
        }
        RequestAttemptError::RepreparedIdChanged { .. } | RequestAttemptError::RepreparedIdMissingInBatch => {
            Failure::without_effect(ErrorKind::Invalid)
        }
        _ => Failure::of_unknown_effect(ErrorKind::Other),
    }
}

fn of_server(error: &DbError, conditional: bool) -> Failure {
    match error {
        // A conditional write for which too few replicas are there to agree did not happen; one that was agreed on and for
        // which then too few are there to commit may.
        DbError::Unavailable { consistency, .. } => Failure {
            may_have_happened: conditional && !consistency.is_serial(),
            ..Failure::without_effect(ErrorKind::Unavailable)
        },
        DbError::ReadTimeout { .. } | DbError::ReadFailure { .. } => Failure {
            // A conditional write reads first, and may already have begun to be agreed on.
            may_have_happened: conditional,
            ..Failure::without_effect(ErrorKind::ReadTimeout)
        },
        DbError::WriteTimeout { write_type, .. } | DbError::WriteFailure { write_type, .. } => {
            Failure::of_write(write_kind(write_type))
        }
        DbError::Other(CAS_WRITE_UNKNOWN) => Failure::of_write(WriteKind::Cas),
        DbError::Overloaded | DbError::IsBootstrapping | DbError::RateLimitReached { .. } => {
            Failure::without_effect(ErrorKind::Overloaded)
        }
        DbError::SyntaxError => Failure::without_effect(ErrorKind::Syntax),
        DbError::Invalid | DbError::ConfigError | DbError::AlreadyExists { .. } | DbError::Unprepared { .. } => {
            Failure::without_effect(ErrorKind::Invalid)
        }
        DbError::AuthenticationError | DbError::Unauthorized => Failure::without_effect(ErrorKind::Auth),
        _ => Failure::of_unknown_effect(ErrorKind::Other),
    }
}

fn write_kind(of: &WriteType) -> WriteKind {
    match of {
        WriteType::Simple => WriteKind::Simple,
        WriteType::Batch => WriteKind::Batch,
        WriteType::UnloggedBatch => WriteKind::UnloggedBatch,
        WriteType::Counter => WriteKind::Counter,
        WriteType::BatchLog => WriteKind::BatchLog,
        WriteType::Cas => WriteKind::Cas,
        _ => WriteKind::Other,
    }
}

pub fn of_prepare(error: &PrepareError) -> ErrorKind {
    match error {
        PrepareError::ConnectionPoolError(error) => of_pool(error),
        PrepareError::AllAttemptsFailed { first_attempt } => of_attempt(first_attempt, false).kind,
        _ => ErrorKind::Other,
    }
}

pub fn of_schema_agreement(error: &SchemaAgreementError) -> ErrorKind {
    match error {
        SchemaAgreementError::ConnectionPoolError(error) => of_pool(error),
        SchemaAgreementError::PrepareError(error) => of_prepare(error),
        SchemaAgreementError::RequestError(error) => of_attempt(error, false).kind,
        SchemaAgreementError::Timeout(_) => ErrorKind::ClientTimeout,
        _ => ErrorKind::Other,
    }
}

pub fn of_new_session(error: &NewSessionError) -> ErrorKind {
    match error {
        NewSessionError::FailedToResolveAnyHostname(_) => ErrorKind::ConnectionLost,
        NewSessionError::MetadataError(error) => of_metadata(error),
        NewSessionError::UseKeyspaceError(error) => of_use_keyspace(error),
        _ => ErrorKind::Other,
    }
}

fn of_metadata(error: &MetadataError) -> ErrorKind {
    match error {
        MetadataError::ConnectionPoolError(error) => of_pool(error),
        // Any node may fail while it is asked for what it knows, and the next attempt asks another.
        MetadataError::FetchError(_) => ErrorKind::ConnectionLost,
        _ => ErrorKind::Other,
    }
}

fn of_pool(error: &ConnectionPoolError) -> ErrorKind {
    match error {
        ConnectionPoolError::Broken { last_connection_error } => of_connection(last_connection_error),
        _ => ErrorKind::ConnectionLost,
    }
}

/// A wrong password hides this deep.
fn of_connection(error: &ConnectionError) -> ErrorKind {
    match error {
        ConnectionError::ConnectionSetupRequestError(error) => match &error.error {
            ConnectionSetupRequestErrorKind::DbError(error, _) => of_server(error, false).kind,
            ConnectionSetupRequestErrorKind::StartAuthSessionError(_)
            | ConnectionSetupRequestErrorKind::MissingAuthentication => ErrorKind::Auth,
            _ => ErrorKind::ConnectionLost,
        },
        ConnectionError::UseKeyspaceError(error) => of_use_keyspace(error),
        _ => ErrorKind::ConnectionLost,
    }
}

fn of_use_keyspace(error: &UseKeyspaceError) -> ErrorKind {
    match error {
        UseKeyspaceError::RequestError(error) => of_attempt(error, false).kind,
        UseKeyspaceError::RequestTimeout(_) => ErrorKind::ClientTimeout,
        _ => ErrorKind::Invalid,
    }
}
