//! A histogram that shards fill without sharing, and merge now and then.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use prometheus_client::encoding::{EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::{MetricType, TypedMetric};

/// Buckets of every histogram here, the last one open.
pub(crate) const BUCKETS: usize = 16;

/// One shard's observations since it last merged them: no atomics on the way of an event.
#[derive(Clone, Debug)]
pub(crate) struct LocalHistogram {
    bounds: &'static [u64; BUCKETS - 1],
    counts: [u64; BUCKETS],
    sum: u64,
}

/// What all shards have observed, in whole units; shown to Prometheus divided by `scale`.
#[derive(Clone, Debug)]
pub(crate) struct MergedHistogram(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    bounds: &'static [u64; BUCKETS - 1],
    counts: [AtomicU64; BUCKETS],
    sum: AtomicU64,
    scale: f64,
}

impl LocalHistogram {
    pub(crate) fn new(bounds: &'static [u64; BUCKETS - 1]) -> Self {
        Self {
            bounds,
            counts: [0; BUCKETS],
            sum: 0,
        }
    }

    pub(crate) fn observe(&mut self, value: u64) {
        let bucket = self
            .bounds
            .iter()
            .position(|&b| value <= b)
            .unwrap_or(BUCKETS - 1);
        self.counts[bucket] += 1;
        self.sum += value;
    }

    /// Hands everything to `merged` and starts anew.
    pub(crate) fn merge_into(&mut self, merged: &MergedHistogram) {
        for (local, shared) in self.counts.iter_mut().zip(&merged.0.counts) {
            if *local > 0 {
                shared.fetch_add(std::mem::take(local), Relaxed);
            }
        }
        merged
            .0
            .sum
            .fetch_add(std::mem::take(&mut self.sum), Relaxed);
    }
}

impl MergedHistogram {
    pub(crate) fn new(bounds: &'static [u64; BUCKETS - 1], scale: f64) -> Self {
        Self(Arc::new(Inner {
            bounds,
            counts: Default::default(),
            sum: AtomicU64::new(0),
            scale,
        }))
    }

    /// One observation from outside the shards.
    pub(crate) fn observe(&self, value: u64) {
        let mut local = LocalHistogram::new(self.0.bounds);
        local.observe(value);
        local.merge_into(self);
    }
}

#[expect(clippy::cast_precision_loss, reason = "metrics are approximate")]
impl EncodeMetric for MergedHistogram {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> Result<(), fmt::Error> {
        let inner = &self.0;
        let counts: Vec<u64> = inner.counts.iter().map(|c| c.load(Relaxed)).collect();
        let bounds = inner
            .bounds
            .iter()
            .map(|&b| b as f64 / inner.scale)
            .chain([f64::INFINITY]);
        let buckets: Vec<(f64, u64)> = bounds.zip(counts.iter().copied()).collect();
        let sum = inner.sum.load(Relaxed) as f64 / inner.scale;
        encoder.encode_histogram::<NoLabelSet>(sum, counts.iter().sum(), &buckets, None)
    }

    fn metric_type(&self) -> MetricType {
        Self::TYPE
    }
}

impl TypedMetric for MergedHistogram {
    const TYPE: MetricType = MetricType::Histogram;
}

#[cfg(test)]
mod tests {
    use super::{BUCKETS, LocalHistogram, MergedHistogram};
    use std::sync::atomic::Ordering::Relaxed;

    static BOUNDS: [u64; BUCKETS - 1] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

    #[test]
    fn merged_observations_are_counted_once_in_the_bucket_that_holds_them() {
        let merged = MergedHistogram::new(&BOUNDS, 1.0);
        let mut local = LocalHistogram::new(&BOUNDS);
        for value in [0, 1, 2, 15, 16, 1_000] {
            local.observe(value);
        }
        local.merge_into(&merged);
        local.merge_into(&merged);
        let counts: Vec<u64> = merged.0.counts.iter().map(|c| c.load(Relaxed)).collect();
        assert_eq!(counts, [2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2]);
        assert_eq!(merged.0.sum.load(Relaxed), 1_034);
    }
}
