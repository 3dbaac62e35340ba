//! What one instance can do to another: nothing.

use std::sync::Arc;

use umbel_engine::{Limits, WasmDispatcher};
use umbel_routing::{Client, Dispatcher, Export, FaultClass, Settings};

use crate::hostile;
use crate::support::{call, event, load, start};

#[test]
fn a_trap_ends_that_instance_alone() {
    let component = load(&hostile::guest("trap_in_route")).unwrap();
    let another =
        || WasmDispatcher::new(&component, &Settings::default(), &Limits::default()).unwrap();
    let (mut first, mut second) = (another(), another());
    let fault = call(&mut first, Export::Route).unwrap_err();
    assert_eq!(fault.class, FaultClass::Trap);
    call(&mut second, Export::Leave).unwrap();
}

#[test]
fn a_fault_names_the_functions_that_led_to_it() {
    let fault = call(&mut start("trap_in_route"), Export::Route).unwrap_err();
    assert!(fault.detail.contains("unreachable"), "{fault}");
    assert!(fault.detail.contains("< panic"), "{fault}");
}

#[test]
fn memory_of_one_tenant_is_blank_for_the_next() {
    for _ in 0..20 {
        let mut writer = start("writes_canary");
        writer.route(&[event()]).unwrap();
        drop(writer);
        let found = start("reads_canary").route(&[event()]).unwrap();
        assert_eq!(found, [vec![Client(0)]]);
    }
}

#[test]
fn a_nan_has_the_same_bits_on_every_machine() {
    let found = start("nan").route(&[event()]).unwrap();
    assert_eq!(found, [vec![Client(0x7fc0_0000)]]);
}

#[test]
fn instances_of_one_component_run_on_several_threads_at_once() {
    let component = Arc::new(load(&hostile::guest("polite")).unwrap());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let component = Arc::clone(&component);
            scope.spawn(move || {
                let settings = Settings::default();
                let mut policy =
                    WasmDispatcher::new(&component, &settings, &Limits::default()).unwrap();
                for _ in 0..1_000 {
                    policy.route(&[event()]).unwrap();
                }
            });
        }
    });
}
