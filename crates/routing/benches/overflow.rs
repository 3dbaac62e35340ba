//! Verdicts on full mailboxes: `cargo bench -p umbel-routing --bench overflow`.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use umbel_event::Offset;
use umbel_routing::{Client, Dispatcher, FullMailbox, Router, Settings};

criterion_group!(benches, overflow);
criterion_main!(benches);

fn overflow(c: &mut Criterion) {
    let settings = Settings {
        config: "when-full = ask".into(),
        ..Settings::default()
    };
    let mut router = Router::configure(&settings).expect("sound settings");
    let mut group = c.benchmark_group("overflow");
    for count in [1, 256, 4_096] {
        let full: Vec<FullMailbox> = (0..count).map(mailbox).collect();
        group.throughput(Throughput::Elements(u64::from(count)));
        group.bench_function(BenchmarkId::from_parameter(count), |b| {
            b.iter(|| router.overflow(&full).expect("no fault"));
        });
    }
    group.finish();
}

fn mailbox(client: u32) -> FullMailbox {
    FullMailbox {
        client: Client(client),
        offset: Offset(1),
        events: 1_024,
        bytes: 1 << 20,
        oldest_ms: 1,
    }
}
