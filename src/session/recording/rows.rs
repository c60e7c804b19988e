//! Lists of shared rows, written as what differs from the list before.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A piece of a list: rows of the list before, or a new row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Piece<Row> {
    /// So many rows of the list before, beginning with this one (from 0).
    Keep(usize, usize),
    /// A row that was not there before.
    New(Row),
}

/// `after` in terms of `before`. A row is kept if it is shared, or if it is equal to the one that
/// stands where it is looked for; `line` writes a row that is not.
pub fn pieces<T: PartialEq, Row>(
    before: &[Arc<T>],
    after: &[Arc<T>],
    mut line: impl FnMut(&Arc<T>) -> Row,
) -> Vec<Piece<Row>> {
    let known: HashMap<*const T, usize> =
        before.iter().enumerate().map(|(index, row)| (Arc::as_ptr(row), index)).collect();
    let mut pieces = Vec::new();
    let mut expected = 0;
    for row in after {
        let equal = || before.get(expected).is_some_and(|old| old == row).then_some(expected);
        let index = known.get(&Arc::as_ptr(row)).copied().or_else(equal);
        match (index, pieces.last_mut()) {
            (None, _) => {
                pieces.push(Piece::New(line(row)));
                expected += 1;
            }
            (Some(index), Some(Piece::Keep(from, count))) if *from + *count == index => {
                *count += 1;
                expected = index + 1;
            }
            (Some(index), _) => {
                pieces.push(Piece::Keep(index, 1));
                expected = index + 1;
            }
        }
    }
    pieces
}

/// How much a recording may still unfold to: a few bytes of file could name many rows.
#[derive(Debug)]
pub struct Budget(pub usize);

impl Budget {
    fn take(&mut self, rows: usize) -> Result<(), String> {
        let left = self.0.checked_sub(rows);
        self.0 = left.ok_or("the recording unfolds to more rows than sockstep reads")?;
        Ok(())
    }
}

/// The list that `pieces` describes.
///
/// # Errors
/// Rows that the list before does not have, or more rows than the budget allows.
pub fn list<T, Row>(
    before: &[Arc<T>],
    pieces: Vec<Piece<Row>>,
    budget: &mut Budget,
    mut row: impl FnMut(Row, &mut Budget) -> Result<Arc<T>, String>,
) -> Result<Vec<Arc<T>>, String> {
    let mut list = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Keep(from, count) => {
                budget.take(count)?;
                let kept = from.checked_add(count).and_then(|end| before.get(from..end));
                let kept = kept.ok_or_else(|| {
                    format!("keeps rows {from} to {from}+{count} of {}", before.len())
                })?;
                list.extend_from_slice(kept);
            }
            Piece::New(new) => {
                budget.take(1)?;
                list.push(row(new, budget)?);
            }
        }
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn arcs(numbers: &[u8]) -> Vec<Arc<u8>> {
        numbers.iter().copied().map(Arc::new).collect()
    }

    fn back(before: &[Arc<u8>], pieces: Vec<Piece<u8>>) -> Result<Vec<Arc<u8>>, String> {
        list(before, pieces, &mut Budget(1000), |row, _| Ok(Arc::new(row)))
    }

    #[test]
    fn a_row_in_the_middle_costs_one_row() {
        let before = arcs(&[1, 2, 3, 4, 5]);
        let mut after = before.clone();
        after[2] = Arc::new(9);
        let written = pieces(&before, &after, |row| **row);
        assert_eq!(written, [Piece::Keep(0, 2), Piece::New(9), Piece::Keep(3, 2)]);
        assert_eq!(back(&before, written), Ok(after));
    }

    #[test]
    fn rows_that_are_not_there_are_refused() {
        let before = arcs(&[1, 2]);
        assert!(back(&before, vec![Piece::Keep(1, 2)]).is_err());
        assert!(back(&before, vec![Piece::Keep(usize::MAX, usize::MAX)]).is_err());
        assert!(back(&before, vec![Piece::Keep(0, 2); 501]).is_err());
    }

    proptest! {
        #[test]
        fn any_list_comes_back_from_its_pieces(
            old in prop::collection::vec(any::<u8>(), 0..20),
            picks in prop::collection::vec((any::<bool>(), 0_usize..20, any::<u8>()), 0..20),
        ) {
            let before = arcs(&old);
            let after: Vec<Arc<u8>> = picks
                .into_iter()
                .map(|(keep, at, new)| match before.get(at) {
                    Some(row) if keep => row.clone(),
                    _ => Arc::new(new),
                })
                .collect();
            let written = pieces(&before, &after, |row| **row);
            prop_assert_eq!(back(&before, written), Ok(after));
        }
    }
}
