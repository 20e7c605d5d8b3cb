//! Connecting, and everything that is asked of a connected session.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use scylla::client::PoolSize;
use scylla::client::execution_profile::ExecutionProfile;
use scylla::client::session::Session as Driver;
use scylla::client::session_builder::SessionBuilder;
use scylla::policies::load_balancing::DefaultPolicy;
use scylla::response::{PagingState, PagingStateResponse};
use scylla::statement::unprepared::Statement as Unprepared;
use tokio::runtime::Handle;
use tokio::time::timeout;

use crate::ffi::{ErrorKind, Options, Settings};
use crate::policies::Policies;
use crate::reply::Reply;
use crate::statement::{Batch, Statement};
use crate::tls;
use crate::values::Row;
use crate::{Done, errors, finish};

/// The driver prepares on all nodes and has no time limit there; one that is stuck must not hold up the others for ever.
const PREPARE_TIMEOUT: Duration = Duration::from_secs(10);

pub struct Session {
    driver: Arc<Driver>,
    policies: Arc<Policies>,
    /// Goes on working when the runtime is gone: what is spawned then is dropped, and its completion with it.
    tasks: Handle,
}

pub fn connect(tasks: &Handle, settings: &Settings, done: Done) {
    let limit = millis(settings.connect_timeout_ms) * (settings.hosts.len() as u32 + 2);
    let builder = match builder(settings) {
        Ok(builder) => builder,
        Err(text) => return finish(done, Reply::failed(ErrorKind::Other, text)),
    };
    let handle = tasks.clone();
    let datacenter = settings.datacenter.clone();
    tasks.spawn(async move {
        let reply = match timeout(limit, builder.build()).await {
            Ok(Ok(driver)) => match check_datacenter(&driver, &datacenter) {
                Ok(()) => {
                    Reply::of_session(Session { driver: Arc::new(driver), policies: Arc::new(Policies::new()), tasks: handle })
                }
                Err(text) => Reply::failed(ErrorKind::Invalid, text),
            },
            Ok(Err(error)) => Reply::failed(errors::of_new_session(&error), error.to_string()),
            Err(_) => Reply::failed(ErrorKind::ConnectionLost, "no node answered in time".into()),
        };
        finish(done, reply);
    });
}

/// The driver takes any name, and then finds no node for any statement. And with several datacenters and no name for one, each statement
/// might go to another, where "local" means other replicas: conditions would not exclude each other any more.
fn check_datacenter(driver: &Driver, named: &str) -> Result<(), String> {
    let state = driver.get_cluster_state();
    let nodes = state.get_nodes_info().iter();
    let known: BTreeSet<&str> = nodes.filter_map(|node| node.datacenter.as_deref()).collect();
    let names = || known.iter().copied().collect::<Vec<_>>().join(", ");
    if named.is_empty() && known.len() > 1 {
        return Err(format!("the cluster has several datacenters, and none is named as ours: {}", names()));
    }
    if !named.is_empty() && !known.contains(named) {
        return Err(format!("no node is in a datacenter {named}; there are: {}", names()));
    }
    Ok(())
}

fn millis(count: u32) -> Duration {
    Duration::from_millis(count.into())
}

fn builder(settings: &Settings) -> Result<SessionBuilder, String> {
    let profile = ExecutionProfile::builder()
        .request_timeout(Some(millis(settings.request_timeout_ms)))
        .load_balancing_policy(DefaultPolicy::builder().inherit_location_preference().build())
        .build();
    let mut builder = SessionBuilder::new()
        .known_nodes(&settings.hosts)
        .connection_timeout(millis(settings.connect_timeout_ms))
        // A node that is there but does not answer any more is found out by these, and what waits for it goes on.
        .keepalive_interval(millis(settings.heartbeat_interval_ms))
        .keepalive_timeout(millis(settings.heartbeat_timeout_ms))
        // Routing needs the keyspaces alone, and a big schema costs time at every refresh.
        .fetch_full_schema_metadata(false)
        .default_execution_profile_handle(profile.into_handle());
    if let Some(count) = NonZeroUsize::new(settings.connections_per_host as usize) {
        builder = builder.pool_size(PoolSize::PerHost(count));
    }
    if !settings.user.is_empty() {
        builder = builder.user(&settings.user, &settings.password);
    }
    if !settings.datacenter.is_empty() {
        builder = builder.prefer_datacenter(settings.datacenter.clone());
    }
    if let Some(context) = tls::context(settings)? {
        builder = builder.tls_context(Some(context));
    }
    Ok(builder)
}

impl Session {
    pub fn prepare(&self, cql: &str, options: &Options, done: Done) {
        let (driver, policies, options) = (self.driver.clone(), self.policies.clone(), *options);
        let mut statement = Unprepared::new(cql);
        if options.page_size > 0 {
            statement.set_page_size(options.page_size);
        }
        self.tasks.spawn(async move {
            let reply = match timeout(PREPARE_TIMEOUT, driver.prepare(statement)).await {
                Ok(Ok(prepared)) => Reply::of_statement(Statement::new(prepared, &options, &policies)),
                Ok(Err(error)) => Reply::failed(errors::of_prepare(&error), error.to_string()),
                Err(_) => Reply::failed(ErrorKind::ClientTimeout, "a node did not prepare in time".into()),
            };
            finish(done, reply);
        });
    }

    pub fn query(&self, cql: &str, options: &Options, done: Done) {
        let (driver, options) = (self.driver.clone(), *options);
        let mut statement = Unprepared::new(cql);
        self.policies.apply_to_query(&mut statement, &options);
        self.tasks.spawn(async move {
            let answer = driver.query_unpaged(statement, ()).await;
            finish(done, Reply::of_answer(answer, PagingStateResponse::NoMorePages, options.conditional));
        });
    }

    pub fn execute(&self, statement: &Statement, values: &[u8], count: u32, paging_state: &[u8], done: Done) {
        let (driver, statement) = (self.driver.clone(), statement.clone());
        let row = Row::new(values, count);
        let page = match paging_state {
            [] => PagingState::start(),
            bytes => PagingState::new_from_raw_bytes(bytes),
        };
        self.tasks.spawn(async move {
            let prepared = &*statement.prepared;
            let reply = if statement.paged {
                match driver.execute_single_page(prepared, &row, page).await {
                    Ok((result, next)) => Reply::of_answer(Ok(result), next, statement.conditional),
                    Err(error) => Reply::of_failure(&error, statement.conditional),
                }
            } else {
                let answer = driver.execute_unpaged(prepared, &row).await;
                Reply::of_answer(answer, PagingStateResponse::NoMorePages, statement.conditional)
            };
            finish(done, reply);
        });
    }

    pub fn batch(&self, mut batch: Box<Batch>, done: Done) {
        let driver = self.driver.clone();
        let conditional = batch.options.conditional;
        self.policies.apply_to_batch(&mut batch);
        self.tasks.spawn(async move {
            let answer = driver.batch(&batch.statements, &batch.rows).await;
            finish(done, Reply::of_answer(answer, PagingStateResponse::NoMorePages, conditional));
        });
    }

    pub fn await_schema_agreement(&self, done: Done) {
        let driver = self.driver.clone();
        self.tasks.spawn(async move {
            let reply = match driver.await_schema_agreement().await {
                Ok(_) => Reply::default(),
                Err(error) => Reply::failed(errors::of_schema_agreement(&error), error.to_string()),
            };
            finish(done, reply);
        });
    }
}
