//! What is bound to a statement. Whole numbers have 64 bits and truth is 0 or 1, in both databases.

use sqlx::{
    Postgres, SqlStr, Sqlite, postgres::PgArguments, query::Query, sqlite::SqliteArguments,
};

use crate::store::seal::Kept;

pub enum Value {
    Number(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
    Kept(Option<Kept>),
}

/// What can be bound.
pub trait Bind {
    fn value(self) -> Value;
    /// Nothing of this kind.
    fn none() -> Value;
}

impl Bind for Value {
    fn value(self) -> Value {
        self
    }

    fn none() -> Value {
        Value::Text(None)
    }
}

impl<T: Bind> Bind for Option<T> {
    fn value(self) -> Value {
        self.map_or_else(T::none, T::value)
    }

    fn none() -> Value {
        T::none()
    }
}

macro_rules! bind {
    ($kind:ident: $($of:ty => $with:expr),+) => {
        $(impl Bind for $of {
            fn value(self) -> Value {
                Value::$kind(Some($with(self)))
            }

            fn none() -> Value {
                Value::$kind(None)
            }
        })+
    };
}

bind!(Number: i64 => std::convert::identity, u32 => i64::from, i32 => i64::from, bool => i64::from);
bind!(Text: String => std::convert::identity, &str => str::to_owned, &String => String::clone);
bind!(Bytes: Vec<u8> => std::convert::identity);
bind!(Kept: Kept => std::convert::identity);

pub fn of_file(sql: SqlStr, values: Vec<Value>) -> Query<'static, Sqlite, SqliteArguments> {
    values.into_iter().fold(sqlx::query(sql), |query, value| match value {
        Value::Number(number) => query.bind(number),
        Value::Text(text) => query.bind(text),
        Value::Bytes(bytes) => query.bind(bytes),
        Value::Kept(kept) => query.bind(kept),
    })
}

pub fn of_server(sql: SqlStr, values: Vec<Value>) -> Query<'static, Postgres, PgArguments> {
    values.into_iter().fold(sqlx::query(sql), |query, value| match value {
        Value::Number(number) => query.bind(number),
        Value::Text(text) => query.bind(text),
        Value::Bytes(bytes) => query.bind(bytes),
        Value::Kept(kept) => query.bind(kept),
    })
}
