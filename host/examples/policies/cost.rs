//! What one policy costs.

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use umbel_engine::{
    ChildProcess, CodeCache, CompileLimits, Compiler, Engine, Limits, PolicyComponent, WasmFactory,
};
use umbel_routing::{Client, Dispatcher, DispatcherFactory, Settings};

use crate::COMPILE_COMMAND;
use crate::crowd::{ALL, BATCH, CLIENTS, ONE, PAGE, PAGE_CLIENTS, event, join, timed};

/// A call is repeated so often, and longer than this; the middle counts.
const ROUNDS: usize = 15;
const ROUNDS_TIME: Duration = Duration::from_millis(200);
/// Ticks of `/proc/self/stat` in a second.
const TICKS_PER_S: f64 = 100.0;

/// Figures of one policy, in the order of [`ROWS`].
pub(crate) struct Cost {
    name: String,
    figures: [f64; ROWS.len()],
}

/// What is measured, its unit, and what a second or a byte is in it.
const ROWS: [(&str, &str, f64); 14] = [
    ("file", "MB", 1e-6),
    ("compile, wall", "s", 1.0),
    ("compile, CPU", "s", 1.0),
    ("load compiled code", "ms", 1e3),
    ("instance, configured", "ms", 1e3),
    ("memory of an instance", "MiB", 1.0 / 1_048_576.0),
    ("join, each of 10,000", "us", 1e6),
    ("join of 256, longest", "ms", 1e3),
    ("route 1 to 1", "us", 1e6),
    ("route 1 to 10,000", "us", 1e6),
    ("route 104 to 10,000", "ms", 1e3),
    ("select of 256 for 1", "us", 1e6),
    ("select of 256 for 256", "ms", 1e3),
    ("memory after all this", "MiB", 1.0 / 1_048_576.0),
];

impl Cost {
    /// Measures the policy in `file`.
    pub(crate) fn of(file: &str, config: &str, own_claims: bool) -> Self {
        let bytes = fs::read(file).unwrap_or_else(|e| panic!("{file}: {e}"));
        // A call that is measured may be as slow as it is.
        let limits = Limits {
            memory_bytes: 1 << 30,
            deadline: Duration::from_secs(5),
            ..Limits::default()
        };
        let engine = Engine::new().expect("an engine");
        let state = tempfile::tempdir().expect("a folder");
        let cache = || {
            let child = ChildProcess::of_this_program([COMPILE_COMMAND], CompileLimits::default());
            CodeCache::open(state.path(), &engine, child)
        };
        let before = children_seconds();
        let (compile, code) = timed(|| cache().compile(&bytes));
        code.unwrap_or_else(|e| panic!("{file}: {e}"));
        let compile_cpu = children_seconds() - before;
        let load = || PolicyComponent::load_with(&engine, &cache(), &bytes, &limits);
        let (loading, component) = timed(load);
        let component = component.unwrap_or_else(|e| panic!("{file}: {e}"));
        let settings = Settings {
            config: config.replace("\\n", "\n"),
            seed: 1,
            ..Settings::default()
        };
        let factory = WasmFactory::new(component, settings, limits);
        let create = || factory.create().unwrap_or_else(|e| panic!("{file}: {e:?}"));
        let instance = median(|| drop(black_box(create())));
        let mut policy = create();
        let memory = bytes_of(&*policy);
        let joins = join(&mut *policy, own_claims);
        let each = middle(joins.iter().map(|(s, n)| s / *n as f64).collect());
        let longest = joins.iter().map(|(s, _)| *s).fold(0.0, f64::max);
        let figures = [
            bytes.len() as f64,
            compile,
            compile_cpu,
            loading,
            instance,
            memory,
            each,
            longest,
            route(&mut *policy, ONE, 1, 1),
            route(&mut *policy, ALL, 1, CLIENTS),
            route(&mut *policy, ALL, BATCH, CLIENTS),
            select(&mut *policy, 1),
            select(&mut *policy, PAGE_CLIENTS),
            bytes_of(&*policy),
        ];
        let name = Path::new(file).file_stem().unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        Self { name, figures }
    }
}

/// The costs side by side; after each figure what it is to the first one.
pub(crate) fn table(costs: &[Cost]) -> String {
    let mut table = String::from("| |");
    for cost in costs {
        _ = write!(table, " {} |", cost.name);
    }
    table += "\n|---|";
    table += &"---|".repeat(costs.len());
    for (row, (what, unit, scale)) in ROWS.into_iter().enumerate() {
        _ = write!(table, "\n| {what}, {unit} |");
        for (column, cost) in costs.iter().enumerate() {
            let figure = cost.figures[row];
            _ = write!(table, " {}", rounded(figure * scale));
            if column > 0 {
                let ratio = figure / costs[0].figures[row];
                _ = write!(table, " ({}x)", rounded(ratio));
            }
            table += " |";
        }
    }
    table + "\n"
}

/// With what digits it deserves.
fn rounded(figure: f64) -> String {
    match figure {
        ..1.0 => format!("{figure:.2}"),
        ..20.0 => format!("{figure:.1}"),
        _ => format!("{figure:.0}"),
    }
}

fn bytes_of(policy: &dyn Dispatcher) -> f64 {
    policy.memory_bytes() as f64
}

/// Seconds of one call with `events`, each for `receivers`.
fn route(policy: &mut dyn Dispatcher, topic: &str, events: u64, receivers: u32) -> f64 {
    let topics = [topic];
    let batch: Vec<_> = (1..=events).map(|n| event(&topics, n)).collect();
    median(|| {
        let audiences = policy.route(&batch).expect("no fault");
        let right = audiences.iter().all(|a| a.len() == receivers as usize);
        assert!(right, "the wrong audience");
    })
}

/// Seconds of one call about the largest page, for so many who may have all of it.
fn select(policy: &mut dyn Dispatcher, clients: u32) -> f64 {
    let page: Vec<_> = (1..=PAGE).map(|n| event(&[ALL], n)).collect();
    let clients: Vec<Client> = (CLIENTS - clients..CLIENTS).map(Client).collect();
    median(|| {
        let chosen = policy.select(&clients, &page).expect("no fault");
        let whole = chosen.iter().all(|c| c.len() == page.len());
        assert!(whole, "all of it is for everybody");
    })
}

fn median(mut work: impl FnMut()) -> f64 {
    let start = Instant::now();
    let mut rounds = Vec::new();
    while rounds.len() < ROUNDS || start.elapsed() < ROUNDS_TIME {
        rounds.push(timed(&mut work).0);
    }
    middle(rounds)
}

fn middle(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

/// CPU time of the children that have ended.
fn children_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("it is there");
    let (_, fields) = stat.rsplit_once(')').expect("a name in brackets");
    // The first one here is the third of proc(5): `cutime` and `cstime` are 16 and 17.
    let ticks = fields.split_whitespace().skip(13).take(2);
    ticks
        .map(|n| n.parse::<f64>().expect("a number"))
        .sum::<f64>()
        / TICKS_PER_S
}
