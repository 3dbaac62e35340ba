//! The functions of a filter: of either interface, or of both.

use wasmtime::Store;
use wasmtime::component::{Component, Instance, TypedFunc};

use umbel_routing::FilterParts;

use super::{BadExport, Configure, Configuring, Exports, Function, has};
use crate::ComponentKind;
use crate::bindings::{DecisionAnswer, EventArg, PublicationArg};
use crate::bindings::{SubscriberArg, ViewAnswer};

/// The say over what is published.
pub(crate) const ADMISSION: &str = "umbel:hub/admission@0.1.0";
/// The say over what each subscriber sees.
pub(crate) const VIEWS: &str = "umbel:hub/views@0.1.0";

type Admit = (&'static [PublicationArg<'static>],);
type Admitted = (Vec<DecisionAnswer>,);
type Join = (&'static [SubscriberArg<'static>],);
type Leave = (&'static [u32],);
type Tailor = (&'static [EventArg<'static>], &'static [&'static [u32]]);
type Tailored = (Vec<Vec<ViewAnswer>>,);

/// Where a filter keeps its functions.
pub(crate) struct FilterExports {
    admission: Option<AdmissionExports>,
    views: Option<ViewsExports>,
}

struct AdmissionExports {
    configure: Configuring,
    admit: Function<Admit, Admitted>,
}

struct ViewsExports {
    configure: Configuring,
    join: Function<Join, ()>,
    leave: Function<Leave, ()>,
    tailor: Function<Tailor, Tailored>,
}

/// The functions of an instance of a filter.
pub(crate) struct FilterFunctions {
    pub(crate) admission: Option<AdmissionFunctions>,
    pub(crate) views: Option<ViewsFunctions>,
}

pub(crate) struct AdmissionFunctions {
    pub(crate) configure: Configure,
    pub(crate) admit: TypedFunc<Admit, Admitted>,
}

pub(crate) struct ViewsFunctions {
    pub(crate) configure: Configure,
    pub(crate) join: TypedFunc<Join, ()>,
    pub(crate) leave: TypedFunc<Leave, ()>,
    pub(crate) tailor: TypedFunc<Tailor, Tailored>,
}

impl FilterExports {
    /// Which interfaces there are.
    pub(crate) const fn parts(&self) -> FilterParts {
        FilterParts {
            admission: self.admission.is_some(),
            views: self.views.is_some(),
        }
    }
}

impl Exports for FilterExports {
    type Functions = FilterFunctions;

    const KIND: ComponentKind = ComponentKind::Filter;

    fn is_kind(component: &Component) -> bool {
        has(component, ADMISSION) || has(component, VIEWS)
    }

    fn find(component: &Component) -> Result<Self, BadExport> {
        // A component with neither is told of the first.
        let views = has(component, VIEWS);
        let admission = has(component, ADMISSION) || !views;
        Ok(Self {
            admission: admission
                .then(|| AdmissionExports::find(component))
                .transpose()?,
            views: views.then(|| ViewsExports::find(component)).transpose()?,
        })
    }

    fn bind<T>(
        &self,
        store: &mut Store<T>,
        instance: &Instance,
    ) -> Result<FilterFunctions, BadExport> {
        Ok(FilterFunctions {
            admission: self
                .admission
                .as_ref()
                .map(|a| a.bind(store, instance))
                .transpose()?,
            views: self
                .views
                .as_ref()
                .map(|v| v.bind(store, instance))
                .transpose()?,
        })
    }
}

impl AdmissionExports {
    fn find(component: &Component) -> Result<Self, BadExport> {
        Ok(Self {
            configure: Function::find(component, ADMISSION, "configure")?,
            admit: Function::find(component, ADMISSION, "admit")?,
        })
    }

    fn bind<T>(
        &self,
        store: &mut Store<T>,
        instance: &Instance,
    ) -> Result<AdmissionFunctions, BadExport> {
        Ok(AdmissionFunctions {
            configure: self.configure.bind(store, instance)?,
            admit: self.admit.bind(store, instance)?,
        })
    }
}

impl ViewsExports {
    fn find(component: &Component) -> Result<Self, BadExport> {
        Ok(Self {
            configure: Function::find(component, VIEWS, "configure")?,
            join: Function::find(component, VIEWS, "join")?,
            leave: Function::find(component, VIEWS, "leave")?,
            tailor: Function::find(component, VIEWS, "tailor")?,
        })
    }

    fn bind<T>(
        &self,
        store: &mut Store<T>,
        instance: &Instance,
    ) -> Result<ViewsFunctions, BadExport> {
        Ok(ViewsFunctions {
            configure: self.configure.bind(store, instance)?,
            join: self.join.bind(store, instance)?,
            leave: self.leave.bind(store, instance)?,
            tailor: self.tailor.bind(store, instance)?,
        })
    }
}
