//! The integer of a JSON number, by a rule: for the tests and for the fuzz targets.

/// The integer that a JSON number writes, if it is one of at most 30 digits: all its digits, without the
/// point, are shifted by the exponent; zeros behind them change only that.
pub(crate) fn integer(text: &str) -> Option<i128> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (before, behind) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{before}{behind}");
    let significant = digits.trim_end_matches('0').trim_start_matches(['-', '0']);
    if significant.is_empty() {
        return Some(0);
    }
    let sign = if digits.starts_with('-') { "-" } else { "" };
    let dropped = digits.len() - digits.trim_end_matches('0').len();
    let exponent: i128 = exponent.parse().ok()?;
    let zeros = usize::try_from(exponent - behind.len() as i128 + dropped as i128).ok()?;
    if significant.len().saturating_add(zeros) > 30 {
        return None;
    }
    format!("{sign}{significant}{}", "0".repeat(zeros)).parse().ok()
}
