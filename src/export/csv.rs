//! Comma-separated values (RFC 4180) that a spreadsheet shows and does not compute.

/// What a spreadsheet would compute.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A row with its end. Text that would be run as a formula gets a leading apostrophe; numbers, and numbers
/// joined by `\`, stay as they are.
pub fn line(cells: &[String]) -> String {
    let quoted: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
    quoted.join(",") + "\r\n"
}

/// The text of a cell that [`line()`] has made harmless.
pub fn plain(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| rest.starts_with(FORMULA)).unwrap_or(cell)
}

fn quoted(cell: &str) -> String {
    let number = cell.split('\\').all(|part| part.parse::<f64>().is_ok());
    let safe = if cell.starts_with(FORMULA) && !number { format!("'{cell}") } else { cell.to_owned() };
    if safe.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}

/// The cells of every row, quotes taken off; what is no CSV gives some cells or other.
pub fn rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut inside) = (vec![], vec![], String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '"' if inside && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' if inside || cell.is_empty() => inside = !inside,
            ',' if !inside => row.push(std::mem::take(&mut cell)),
            '\n' if !inside => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            '\r' if !inside => {}
            c => cell.push(c),
        }
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell);
        rows.push(row);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn formulas_and_quotes_are_harmless_in_csv() {
        assert_eq!(quoted("=cmd()"), "'=cmd()");
        assert_eq!(quoted("a\"b,c"), "\"a\"\"b,c\"");
        assert_eq!(quoted("-1.5"), "-1.5");
        assert_eq!(quoted("-1\\0.5\\+2e3"), "-1\\0.5\\+2e3");
        assert_eq!(quoted("-1+cmd"), "'-1+cmd");
    }

    proptest! {
        #[test]
        fn every_row_is_read_as_it_was_written(cells in prop::collection::vec(any::<String>(), 2..5)) {
            // An apostrophe of its own before a formula cannot be told from ours.
            prop_assume!(cells.iter().all(|cell| !cell.starts_with('\'')));
            let read = rows(&line(&cells)).concat();
            prop_assert_eq!(read.iter().map(|cell| plain(cell)).collect::<Vec<_>>(), cells);
        }
    }
}
