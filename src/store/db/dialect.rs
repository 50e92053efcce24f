//! Statements are written as SQLite takes them, in words that PostgreSQL knows too wherever there
//! are such. What is left between the two is here.

use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};

use super::Value;

/// The statement as a server takes it, with what is bound to it.
pub fn server(sql: SqlStr, mut values: Vec<Value>) -> (SqlStr, Vec<Value>) {
    match bound(&said(sql.as_str()), &mut values) {
        said if said == sql.as_str() => (sql, values),
        // Made of a safe one, and of nothing else.
        said => (AssertSqlSafe(said).into_sql_str(), values),
    }
}

/// So many digits have only instants and places. They differ from one time to the next: as values
/// they leave a statement the same, which a server then plans once and not each time.
const INSTANT: usize = 13;

fn bound(sql: &str, values: &mut Vec<Value>) -> String {
    let mut said = String::with_capacity(sql.len());
    let (mut rest, mut quoted) = (sql, false);
    while let Some(first) = rest.chars().next() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.');
        let stands_alone = !said.ends_with(is_word) && !rest[digits..].starts_with(is_word);
        let number = rest[..digits].parse::<i64>().ok();
        let length = digits.max(first.len_utf8());
        match number.filter(|_| digits >= INSTANT && stands_alone && !quoted) {
            Some(number) => {
                values.push(Value::Number(Some(number)));
                said.push_str(&format!("${}::bigint", values.len()));
            }
            None => said.push_str(&rest[..length]),
        }
        quoted ^= first == '\'';
        rest = &rest[length..];
    }
    said
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
    fn instants_are_values() {
        let table = [
            ("a < 1772442300000000 AND b = $1", "a < $2::bigint AND b = $1", 2),
            ("(a<1772442300000000,-1772442300000000)", "(a<$2::bigint,-$3::bigint)", 3),
            ("a = 9000000 LIMIT 240", "a = 9000000 LIMIT 240", 1),
            ("a = '1772442300000000'", "a = '1772442300000000'", 1),
            ("a = 'it''s' OR b > 1772442300000000", "a = 'it''s' OR b > $2::bigint", 2),
            ("a1772442300000000 = $1", "a1772442300000000 = $1", 1),
            ("a > -9223372036854775808", "a > -9223372036854775808", 1),
            ("a = '\u{10ffff}' AND é = 1", "a = '\u{10ffff}' AND é = 1", 1),
        ];
        for (sql, expected, count) in table {
            let mut values = vec![Value::Number(Some(1))];
            assert_eq!((bound(sql, &mut values).as_str(), values.len()), (expected, count));
        }
    }

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
