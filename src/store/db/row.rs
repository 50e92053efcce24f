//! A row of an answer, read alike from both databases.

use sqlx::{ColumnIndex, Row as _, TypeInfo, ValueRef, postgres::PgRow, sqlite::SqliteRow};

use crate::store::seal::Kept;

pub enum Row {
    File(SqliteRow),
    Server(PgRow),
}

impl Row {
    /// # Errors
    /// If there is no such column, or it holds something else.
    pub fn try_get<'r, T, I>(&'r self, at: I) -> Result<T, sqlx::Error>
    where
        T: Get<'r>,
        I: At,
    {
        T::get(self, at)
    }
}

/// A column's number or its name.
pub trait At: ColumnIndex<SqliteRow> + ColumnIndex<PgRow> {}

impl<I: ColumnIndex<SqliteRow> + ColumnIndex<PgRow>> At for I {}

/// What can be read from a column.
pub trait Get<'r>: Sized {
    fn get(row: &'r Row, at: impl At) -> Result<Self, sqlx::Error>;
}

macro_rules! get {
    ($($of:ty),+) => {
        $(impl<'r> Get<'r> for $of {
            fn get(row: &'r Row, at: impl At) -> Result<Self, sqlx::Error> {
                match row {
                    Row::File(row) => row.try_get(at),
                    Row::Server(row) => row.try_get(at),
                }
            }
        })+
    };
}

get!(&'r str, String, Vec<u8>, Kept, Option<String>, Option<Vec<u8>>, Option<Kept>);

impl<'r> Get<'r> for Option<i64> {
    fn get(row: &'r Row, at: impl At) -> Result<Self, sqlx::Error> {
        match row {
            Row::File(row) => row.try_get(at),
            // A number that stands in the statement itself has 32 bits.
            Row::Server(row) => match row.try_get_raw(&at)?.type_info().name() {
                "INT4" => Ok(row.try_get::<Option<i32>, _>(at)?.map(i64::from)),
                _ => row.try_get(at),
            },
        }
    }
}

impl<'r> Get<'r> for i64 {
    fn get(row: &'r Row, at: impl At) -> Result<Self, sqlx::Error> {
        Option::<i64>::get(row, at)?.ok_or_else(nothing)
    }
}

/// 0 is false, and everything else is true.
impl<'r> Get<'r> for bool {
    fn get(row: &'r Row, at: impl At) -> Result<Self, sqlx::Error> {
        Ok(i64::get(row, at)? != 0)
    }
}

fn nothing() -> sqlx::Error {
    sqlx::Error::Decode("there is nothing where a number belongs".into())
}
