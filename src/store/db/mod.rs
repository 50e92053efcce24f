//! One way to ask both databases: the file of a single user (SQLite) and the server of a team
//! (PostgreSQL). A statement is written once; `dialect` says it as the server takes it.

mod dialect;
mod row;
mod value;

use sqlx::{
    PgPool, Postgres, SqlSafeStr, SqlStr, Sqlite, SqliteConnection, SqlitePool, Transaction,
    pool::PoolConnection, postgres::PgArguments,
};

pub use self::{
    row::Row,
    value::{Bind, Value},
};
use super::reach::Reach;

/// A statement with what is bound to it.
pub struct Query {
    sql: SqlStr,
    values: Vec<Value>,
}

pub fn query(sql: impl SqlSafeStr) -> Query {
    Query { sql: sql.into_sql_str(), values: Vec::new() }
}

/// The places of so many rows of values: `($1, $2), ($3, $4)`.
pub fn places(rows: usize, columns: usize) -> String {
    let row = |nth: usize| {
        let places = (nth * columns + 1..=(nth + 1) * columns).map(|nth| format!("${nth}"));
        format!("({})", places.collect::<Vec<_>>().join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

/// How many rows a statement wrote.
#[derive(Debug, Clone, Copy)]
pub struct Done(u64);

impl Done {
    pub fn rows_affected(self) -> u64 {
        self.0
    }
}

/// A transaction. Dropping it takes back what it wrote.
pub enum Tx {
    File(Transaction<'static, Sqlite>),
    Server(Transaction<'static, Postgres>, Reach),
}

impl Tx {
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::File(tx) => tx.commit().await,
            Self::Server(tx, reach) => reach.wait(tx.commit()).await,
        }
    }
}

/// Connections to a server, and whether it answers.
#[derive(Clone)]
pub struct Remote {
    pub pool: PgPool,
    pub reach: Reach,
}

impl Remote {
    async fn connection(&self) -> Result<PoolConnection<Postgres>, sqlx::Error> {
        self.reach.wait(self.pool.acquire()).await
    }

    async fn begin(&self, how: &'static str) -> Result<Tx, sqlx::Error> {
        Ok(Tx::Server(self.reach.wait(self.pool.begin_with(how)).await?, self.reach.clone()))
    }
}

/// Who may only look. Clones share the connections.
#[derive(Clone)]
pub enum Reader {
    File(SqlitePool),
    Server(Remote),
}

impl Reader {
    /// All that is asked in it is of one moment.
    pub async fn begin(&self) -> Result<Tx, sqlx::Error> {
        Ok(match self {
            Self::File(pool) => Tx::File(pool.begin().await?),
            Self::Server(server) => {
                server.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?
            }
        })
    }

    pub async fn close(&self) {
        match self {
            Self::File(pool) => pool.close().await,
            Self::Server(server) => server.pool.close().await,
        }
    }
}

/// Who writes, one after the other: those of this process queue here for the one connection, those
/// of other processes for SQLite's lock, or on a server for one that belongs to the environment.
#[derive(Clone)]
pub enum Writer {
    File(SqlitePool),
    Server(Remote),
}

/// The lock of whoever writes, for as long as the transaction lasts: so that what is read in it is
/// still so when it is written, as in the file.
const ALONE: &str = "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended(
    'caseload ' || current_schema() || ' ' || current_setting('caseload.environment'), 0))";

impl Writer {
    /// A write transaction from its first statement: it can wait, but never fail half-way.
    pub async fn begin(&self) -> Result<Tx, sqlx::Error> {
        Ok(match self {
            Self::File(pool) => Tx::File(pool.begin_with("BEGIN IMMEDIATE").await?),
            Self::Server(server) => server.begin(ALONE).await?,
        })
    }

    pub async fn close(&self) {
        match self {
            Self::File(pool) => pool.close().await,
            Self::Server(server) => server.pool.close().await,
        }
    }
}

/// Where a statement is run.
pub trait On: Send + Sized {
    fn all(self, asked: Query) -> impl Future<Output = Result<Vec<Row>, sqlx::Error>> + Send;
    fn first(self, asked: Query) -> impl Future<Output = Result<Option<Row>, sqlx::Error>> + Send;
    fn run(self, asked: Query) -> impl Future<Output = Result<Done, sqlx::Error>> + Send;
}

impl Query {
    pub fn bind(mut self, value: impl Bind) -> Self {
        self.values.push(value.value());
        self
    }

    pub async fn fetch_all(self, on: impl On) -> Result<Vec<Row>, sqlx::Error> {
        on.all(self).await
    }

    pub async fn fetch_optional(self, on: impl On) -> Result<Option<Row>, sqlx::Error> {
        on.first(self).await
    }

    pub async fn fetch_one(self, on: impl On) -> Result<Row, sqlx::Error> {
        on.first(self).await?.ok_or(sqlx::Error::RowNotFound)
    }

    pub async fn execute(self, on: impl On) -> Result<Done, sqlx::Error> {
        on.run(self).await
    }
}

impl On for &mut SqliteConnection {
    async fn all(self, asked: Query) -> Result<Vec<Row>, sqlx::Error> {
        let rows = value::of_file(asked.sql, asked.values).fetch_all(self).await?;
        Ok(rows.into_iter().map(Row::File).collect())
    }

    async fn first(self, asked: Query) -> Result<Option<Row>, sqlx::Error> {
        let row = value::of_file(asked.sql, asked.values).fetch_optional(self).await?;
        Ok(row.map(Row::File))
    }

    async fn run(self, asked: Query) -> Result<Done, sqlx::Error> {
        let done = value::of_file(asked.sql, asked.values).execute(self).await?;
        Ok(Done(done.rows_affected()))
    }
}

fn of_server(asked: Query) -> sqlx::query::Query<'static, Postgres, PgArguments> {
    let (sql, values) = dialect::server(asked.sql, asked.values);
    value::of_server(sql, values)
}

impl On for &mut sqlx::PgConnection {
    async fn all(self, asked: Query) -> Result<Vec<Row>, sqlx::Error> {
        let rows = of_server(asked).fetch_all(self);
        Ok(rows.await?.into_iter().map(Row::Server).collect())
    }

    async fn first(self, asked: Query) -> Result<Option<Row>, sqlx::Error> {
        let row = of_server(asked).fetch_optional(self);
        Ok(row.await?.map(Row::Server))
    }

    async fn run(self, asked: Query) -> Result<Done, sqlx::Error> {
        let done = of_server(asked).execute(self);
        Ok(Done(done.await?.rows_affected()))
    }
}

impl On for &mut Tx {
    async fn all(self, asked: Query) -> Result<Vec<Row>, sqlx::Error> {
        match self {
            Tx::File(tx) => (&mut **tx).all(asked).await,
            Tx::Server(tx, reach) => reach.wait((&mut **tx).all(asked)).await,
        }
    }

    async fn first(self, asked: Query) -> Result<Option<Row>, sqlx::Error> {
        match self {
            Tx::File(tx) => (&mut **tx).first(asked).await,
            Tx::Server(tx, reach) => reach.wait((&mut **tx).first(asked)).await,
        }
    }

    async fn run(self, asked: Query) -> Result<Done, sqlx::Error> {
        match self {
            Tx::File(tx) => (&mut **tx).run(asked).await,
            Tx::Server(tx, reach) => reach.wait((&mut **tx).run(asked)).await,
        }
    }
}

impl On for &Reader {
    async fn all(self, asked: Query) -> Result<Vec<Row>, sqlx::Error> {
        match self {
            Reader::File(pool) => pool.acquire().await?.all(asked).await,
            Reader::Server(server) => {
                let mut connection = server.connection().await?;
                server.reach.wait(connection.all(asked)).await
            }
        }
    }

    async fn first(self, asked: Query) -> Result<Option<Row>, sqlx::Error> {
        match self {
            Reader::File(pool) => pool.acquire().await?.first(asked).await,
            Reader::Server(server) => {
                let mut connection = server.connection().await?;
                server.reach.wait(connection.first(asked)).await
            }
        }
    }

    async fn run(self, asked: Query) -> Result<Done, sqlx::Error> {
        match self {
            Reader::File(pool) => pool.acquire().await?.run(asked).await,
            Reader::Server(server) => {
                let mut connection = server.connection().await?;
                server.reach.wait(connection.run(asked)).await
            }
        }
    }
}

/// A statement of its own is a transaction of its own.
impl On for &Writer {
    async fn all(self, asked: Query) -> Result<Vec<Row>, sqlx::Error> {
        match self {
            Writer::File(pool) => pool.acquire().await?.all(asked).await,
            Writer::Server(_) => {
                let mut tx = self.begin().await?;
                let rows = tx.all(asked).await?;
                tx.commit().await?;
                Ok(rows)
            }
        }
    }

    async fn first(self, asked: Query) -> Result<Option<Row>, sqlx::Error> {
        match self {
            Writer::File(pool) => pool.acquire().await?.first(asked).await,
            Writer::Server(_) => {
                let mut tx = self.begin().await?;
                let row = tx.first(asked).await?;
                tx.commit().await?;
                Ok(row)
            }
        }
    }

    async fn run(self, asked: Query) -> Result<Done, sqlx::Error> {
        match self {
            Writer::File(pool) => pool.acquire().await?.run(asked).await,
            Writer::Server(_) => {
                let mut tx = self.begin().await?;
                let done = tx.run(asked).await?;
                tx.commit().await?;
                Ok(done)
            }
        }
    }
}
