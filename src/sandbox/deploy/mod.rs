//! Targets of the gate's triggers, as servers on loopback that remember what they were asked: Argo CD, and anything that
//! takes a signed webhook.
//!
//! [`ArgoCd`] follows the published contract of Argo CD's API (its swagger file and the documented order of its checks) and
//! is strict about it: a wrong token, an unknown member, a revision that does not exist, a sync while another one runs are
//! refused as the real one refuses them. It is still a fake: Argo CD itself needs a cluster.

mod argocd;
mod inbox;
mod listen;

pub use argocd::{Application, ArgoCd, ArgoFault, Ending, Sync};
pub use inbox::{Inbox, Letter};
