//! Where a component keeps the functions of the contract.

mod filter;
mod policy;

use core::marker::PhantomData;

use wasmtime::Store;
use wasmtime::component::{Component, ComponentExportIndex, ComponentNamedList};
use wasmtime::component::{Instance, Lift, Lower, TypedFunc};

pub(crate) use filter::{AdmissionFunctions, FilterExports, ViewsFunctions};
pub(crate) use policy::{PolicyExports, PolicyFunctions};

use crate::ComponentKind;
use crate::bindings::{ProfileAnswer, SettingsArg};

/// The `configure` of any interface. Types of functions mention `'static` only because they are
/// kept: a call may pass anything shorter.
pub(crate) type Configure = TypedFunc<(SettingsArg<'static>,), (Result<ProfileAnswer, String>,)>;

/// What components of one kind export.
pub(crate) trait Exports: Sized {
    /// The functions of one instance, their types checked.
    type Functions;

    /// Which kind.
    const KIND: ComponentKind;

    /// Whether `component` has any of the interfaces that make it one of this kind.
    fn is_kind(component: &Component) -> bool;

    /// Finds the functions; versions that are compatible by semver are found too.
    fn find(component: &Component) -> Result<Self, BadExport>;

    /// The functions of `instance`, their types checked.
    fn bind<T>(
        &self,
        store: &mut Store<T>,
        instance: &Instance,
    ) -> Result<Self::Functions, BadExport>;
}

/// An export that is not there, or not of the contract's type.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BadExport {
    pub(crate) export: String,
    pub(crate) detail: String,
}

/// A function that takes `P` and answers `R`, by its place in a component.
pub(crate) struct Function<P, R> {
    index: ComponentExportIndex,
    interface: &'static str,
    name: &'static str,
    types: PhantomData<fn(P) -> R>,
}

/// Where a component keeps a `configure`.
type Configuring = Function<(SettingsArg<'static>,), (Result<ProfileAnswer, String>,)>;

/// Whether `component` exports `interface`.
pub(crate) fn has(component: &Component, interface: &str) -> bool {
    component.get_export_index(None, interface).is_some()
}

impl<P, R> Function<P, R>
where
    P: ComponentNamedList + Lower,
    R: ComponentNamedList + Lift,
{
    fn find(
        component: &Component,
        interface: &'static str,
        name: &'static str,
    ) -> Result<Self, BadExport> {
        let instance = component
            .get_export_index(None, interface)
            .ok_or_else(|| BadExport {
                export: interface.into(),
                detail: "no such interface".into(),
            })?;
        let index = component
            .get_export_index(Some(&instance), name)
            .ok_or_else(|| BadExport {
                export: format!("{interface}#{name}"),
                detail: "no such function".into(),
            })?;
        Ok(Self {
            index,
            interface,
            name,
            types: PhantomData,
        })
    }

    fn bind<T>(
        &self,
        store: &mut Store<T>,
        instance: &Instance,
    ) -> Result<TypedFunc<P, R>, BadExport> {
        instance
            .get_typed_func(store, self.index)
            .map_err(|error| BadExport {
                export: format!("{}#{}", self.interface, self.name),
                detail: format!("{error:#}"),
            })
    }
}
