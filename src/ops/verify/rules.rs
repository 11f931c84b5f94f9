//! What is demanded of subjects, by flags or by a policy file.

use crate::attestation::PredicateType;
use crate::policy::{Demand, DemandKind, Limits, Policy};
use crate::report::{Finding, Origin, PinReport};
use crate::sigstore::pin::{Combine, IdentityRule, IssuerRule, Pin, PinSet, TextRule, Who};
use crate::subject::Subject;

/// The rules of a run.
#[derive(Debug, Clone)]
pub enum Rules {
    /// The same demands on every subject; all of them have to hold.
    Demands(Vec<Demand>),
    /// A policy file, whose rules say what is demanded of which subject.
    Policy(Box<Policy>),
}

impl Rules {
    /// A signature by exactly this identity, vouched for by exactly this issuer.
    ///
    /// The kind of identity (URI, e-mail address, user name) is read from its text.
    ///
    /// # Errors
    ///
    /// A message when the identity or issuer is empty.
    pub fn signed_by(identity: &str, issuer: &str) -> Result<Self, String> {
        if identity.is_empty() || issuer.is_empty() {
            return Err("an identity and its issuer are both needed".to_owned());
        }
        let origin = Origin::flag("signed_by");
        let identity = IdentityRule::new(TextRule::exact(identity), None, origin.clone())
            .map_err(|error| error.to_string())?;
        let issuer = IssuerRule {
            text: TextRule::exact(issuer),
            origin,
        };
        let pin = Pin::new("signed_by", Who::Identity { identity, issuer }, Vec::new())
            .map_err(|error| error.to_string())?;
        let pins = PinSet::new(vec![pin], Combine::Any, None).map_err(|error| error.to_string())?;
        Ok(Self::Demands(vec![Demand::new(DemandKind::Signature, pins)]))
    }

    /// The same rules, for attestations of a type instead of signatures.
    #[must_use]
    pub fn attesting(self, predicate_type: &PredicateType) -> Self {
        match self {
            Self::Demands(demands) => Self::Demands(
                demands
                    .into_iter()
                    .map(|demand| Demand {
                        kind: DemandKind::Attestation(predicate_type.clone()),
                        ..demand
                    })
                    .collect(),
            ),
            // A policy says itself what it demands.
            Self::Policy(policy) => Self::Policy(policy),
        }
    }

    /// What is demanded of a subject; a finding when no rule covers it.
    pub fn for_subject(&self, subject: &Subject) -> Result<Vec<Demand>, Finding> {
        match self {
            Self::Demands(demands) => Ok(demands.clone()),
            Self::Policy(policy) => policy.demands_for(subject),
        }
    }

    /// Caps on what a verification may cost.
    pub fn limits(&self) -> Limits {
        match self {
            Self::Demands(_) => Limits::default(),
            Self::Policy(policy) => policy.limits(),
        }
    }

    /// Who is accepted, for the report.
    pub fn pins(&self) -> Vec<PinReport> {
        self.distinct_pins().into_iter().map(Pin::report).collect()
    }

    /// What is weak about the rules themselves.
    pub fn warnings(&self) -> Vec<Finding> {
        match self {
            Self::Demands(_) => self.distinct_pins().into_iter().flat_map(Pin::warnings).collect(),
            Self::Policy(policy) => policy.warnings().to_vec(),
        }
    }

    fn distinct_pins(&self) -> Vec<&Pin> {
        let mut pins: Vec<&Pin> = Vec::new();
        match self {
            Self::Demands(demands) => {
                for pin in demands.iter().flat_map(|demand| demand.pins.pins()) {
                    if !pins.contains(&pin) {
                        pins.push(pin);
                    }
                }
            }
            Self::Policy(policy) => pins.extend(policy.pins()),
        }
        pins
    }
}
