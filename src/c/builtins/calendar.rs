//! Seconds since 1970 as a date. A lab knows no time zone: it is UTC.

const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const A_DAY: i64 = 86_400;

/// As `asctime()` writes it, with its new line.
pub(super) fn written(seconds: i64) -> String {
    let (day, second) = (seconds.div_euclid(A_DAY), seconds.rem_euclid(A_DAY));
    let (year, month, date) = civil(day);
    let name = DAYS[usize::try_from(day.rem_euclid(7)).unwrap_or(0)];
    let month = MONTHS[usize::try_from(month - 1).unwrap_or(0).min(11)];
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{name} {month} {date:2} {hour:02}:{minute:02}:{second:02} {year}\n")
}

/// Year, month and day of the so manieth day since 1970. The year begins in March here, so that
/// the leap day is its last.
fn civil(day: i64) -> (i64, i64, i64) {
    let shifted = day.saturating_add(719_468);
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let date = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_written_as_the_c_library_does() {
        assert_eq!(written(0), "Thu Jan  1 00:00:00 1970\n");
        assert_eq!(written(951_827_696), "Tue Feb 29 12:34:56 2000\n");
        assert_eq!(written(1_763_649_488), "Thu Nov 20 14:38:08 2025\n");
        assert_eq!(written(-1), "Wed Dec 31 23:59:59 1969\n");
    }
}
