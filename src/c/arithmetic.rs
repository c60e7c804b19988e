//! What operators do to integers, as on x86-64.

use super::ast::Binary;
use super::fault::Fault;
use super::types::Int;

/// `left operator right`, both taken as `int` first. Overflow wraps; shifts count modulo the
/// width, as the processor does it.
pub(super) fn binary(operator: Binary, int: Int, left: i64, right: i64) -> Result<i64, Fault> {
    let bits = u32::from(int.size) * 8;
    let by = (right as u32) & (bits - 1);
    let (a, b) = (int.keep(left), int.keep(right));
    let less = if int.signed { a < b } else { (a as u64) < (b as u64) };
    let result = match operator {
        Binary::Multiply => a.wrapping_mul(b),
        Binary::Divide => divide(int, a, b)?.0,
        Binary::Remainder => divide(int, a, b)?.1,
        Binary::Add => a.wrapping_add(b),
        Binary::Subtract => a.wrapping_sub(b),
        Binary::Left => a.wrapping_shl(by),
        Binary::Right if int.signed => a.wrapping_shr(by),
        Binary::Right => ((a as u64).wrapping_shr(by)) as i64,
        Binary::And => a & b,
        Binary::Xor => a ^ b,
        Binary::Or => a | b,
        Binary::Less => return Ok(i64::from(less)),
        Binary::Greater => return Ok(i64::from(!less && a != b)),
        Binary::LessEqual => return Ok(i64::from(less || a == b)),
        Binary::GreaterEqual => return Ok(i64::from(!less)),
        Binary::Equal => return Ok(i64::from(a == b)),
        Binary::NotEqual => return Ok(i64::from(a != b)),
    };
    Ok(int.keep(result))
}

/// Quotient and remainder. The smallest number divided by −1 traps on x86 as zero does.
fn divide(int: Int, a: i64, b: i64) -> Result<(i64, i64), Fault> {
    if b == 0 {
        return Err(Fault::Division);
    }
    if !int.signed {
        let (a, b) = (a as u64, b as u64);
        return Ok(((a / b) as i64, (a % b) as i64));
    }
    let smallest = if int.size == 8 { i64::MIN } else { i64::from(i32::MIN) };
    if b == -1 && a == smallest {
        return Err(Fault::Division);
    }
    Ok((a / b, a % b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signed_and_unsigned_differ_where_c_says_so() {
        let do_it = |operator, int, a, b| binary(operator, int, a, b);
        assert_eq!(do_it(Binary::Less, Int::INT, -1, 1), Ok(1));
        assert_eq!(do_it(Binary::Less, Int::UNSIGNED, -1, 1), Ok(0));
        assert_eq!(do_it(Binary::Right, Int::INT, -8, 1), Ok(-4));
        assert_eq!(do_it(Binary::Right, Int::UNSIGNED, -8, 1), Ok(0x7fff_fffc));
        assert_eq!(do_it(Binary::Divide, Int::UNSIGNED_LONG, -1, 2), Ok(i64::MAX));
        assert_eq!(do_it(Binary::Divide, Int::INT, i64::from(i32::MIN), -1), Err(Fault::Division));
        assert_eq!(do_it(Binary::Remainder, Int::LONG, 5, 0), Err(Fault::Division));
        assert_eq!(do_it(Binary::Multiply, Int::INT, 1 << 20, 1 << 20), Ok(0));
        assert_eq!(do_it(Binary::Left, Int::INT, 1, 33), Ok(2));
    }
}
