//! Statistics of repeated measurements.

use std::time::Duration;

/// The median of measurements, and the range of most of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The 10th percentile.
    pub low: f64,
    /// The 50th percentile.
    pub median: f64,
    /// The 90th percentile.
    pub high: f64,
}

impl Spread {
    /// `None` without values.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let at = |part| percentile(&values, part);
        Some(Self { low: at(0.1)?, median: at(0.5)?, high: at(0.9)? })
    }
}

/// The median of durations.
pub fn median(times: &[Duration]) -> Option<Duration> {
    let spread = Spread::of(times.iter().map(Duration::as_secs_f64))?;
    Some(Duration::from_secs_f64(spread.median))
}

/// A percentile of sorted values, interpolated between two of them.
fn percentile(sorted: &[f64], part: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = part * last as f64;
    let (below, above) = (place.floor(), place.ceil());
    let (low, high) = (sorted[below as usize], sorted[above as usize]);
    Some(low + (high - low) * (place - below))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spread_has_the_10th_50th_and_90th_percentiles() {
        let hundred_and_one = (0..=100).rev().map(f64::from);
        assert_eq!(Spread::of(hundred_and_one), Some(Spread { low: 10.0, median: 50.0, high: 90.0 }));
        assert_eq!(Spread::of([4.0, 1.0]).map(|spread| spread.median), Some(2.5));
        assert_eq!(Spread::of([7.0]), Some(Spread { low: 7.0, median: 7.0, high: 7.0 }));
        assert_eq!(Spread::of([]), None);
    }

    #[test]
    fn outlier_does_not_change_the_median() {
        let times = [1, 2, 3, 4, 9_000].map(Duration::from_millis);
        assert_eq!(median(&times), Some(Duration::from_millis(3)));
        assert_eq!(median(&[]), None);
    }
}
