//! What the hub counts.

mod families;
mod histogram;
mod policy_info;
mod tally;
mod tenant;

pub(crate) use families::Families;
pub(crate) use policy_info::PolicyInfo;
pub(crate) use tally::Tally;
pub(crate) use tenant::{EventResult, GuardDrop, JoinResult, LeaveReason, TenantMetrics};
