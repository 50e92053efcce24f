//! Statements are written as SQLite takes them, in words that PostgreSQL knows too wherever there
//! are such. What is left between the two is here.

use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};

/// The statement as a server takes it.
pub fn server(sql: SqlStr) -> SqlStr {
    match said(sql.as_str()) {
        said if said == sql.as_str() => sql,
        // Made of a safe one, and of nothing else.
        said => AssertSqlSafe(said).into_sql_str(),
    }
}

fn said(sql: &str) -> String {
    let said = unhinted(sql)
        .replace("instr(", "strpos(")
        // Rows of another environment are no conflict.
        .replace("ON CONFLICT (", "ON CONFLICT (environment, ")
        .replace("SELECT value + 0 FROM json_each(", "SELECT value::bigint FROM json_each(");
    listed(&said)
}

/// Without the names of indexes: the server chooses by what it counted.
fn unhinted(sql: &str) -> String {
    const HINT: &str = " INDEXED BY ";
    let mut parts = sql.split(HINT);
    let mut said = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let name = part.find(|c: char| c.is_whitespace() || c == ')').unwrap_or(part.len());
        said.push_str(&part[name..]);
    }
    said.replace(" NOT INDEXED", "")
}

/// A list that is bound as JSON.
fn listed(sql: &str) -> String {
    const LIST: &str = "json_each(";
    let mut parts = sql.split(LIST);
    let mut said = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let Some((bound, rest)) = part.split_once(')') else { continue };
        said.push_str(&format!("jsonb_array_elements_text({bound}::jsonb) AS one (value){rest}"));
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_one_of_them_says_is_said_otherwise() {
        let table = [
            ("SELECT 1 FROM a WHERE b = $1", "SELECT 1 FROM a WHERE b = $1"),
            (
                "FROM a AS list INDEXED BY a_b WHERE instr(c, $1) > 0",
                "FROM a AS list WHERE strpos(c, $1) > 0",
            ),
            ("FROM a AS list NOT INDEXED", "FROM a AS list"),
            (
                "a IN (SELECT value FROM json_each($12)) AND b",
                "a IN (SELECT value FROM jsonb_array_elements_text($12::jsonb) AS one (value)) AND b",
            ),
            (
                "IN (SELECT value + 0 FROM json_each($1))",
                "IN (SELECT value::bigint FROM jsonb_array_elements_text($1::jsonb) AS one (value))",
            ),
            ("ON CONFLICT (id) DO NOTHING", "ON CONFLICT (environment, id) DO NOTHING"),
            ("ON CONFLICT DO NOTHING", "ON CONFLICT DO NOTHING"),
        ];
        for (sql, expected) in table {
            assert_eq!(said(sql), expected);
        }
    }
}
